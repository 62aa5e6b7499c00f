"""Deletes an import together with the pictures that it added."""

from __future__ import annotations

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.ingest import change
from gallery.ingest.imports import uploads
from gallery.jobs import problems, slices
from gallery.models import Image, ImageQuerySet, ImportJob, Moderation


def begin(job: ImportJob) -> None:
    """The import stops now. The workers delete its pictures, and then the import."""
    ImportJob.objects.filter(pk=job.pk).update(deletes_pictures=True, **problems.NO_PROBLEM)
    uploads.remove(job)
    hint(Stage.IMPORT)


def pictures_of(job: ImportJob) -> ImageQuerySet:
    """The pictures that the import added, without those that a moderator has blocked.

    None if an older version of the site imported them.
    """
    added = Image.objects.filter(import_id=job.pk, owner_id=job.owner_id)
    return added.exclude(moderation=Moderation.BLOCKED)


def run(job: ImportJob, seconds: float) -> None:
    """Delete pictures for about ``seconds``, and the import when none is left.

    The caller holds the lock of imports, so nobody adds pictures to this import meanwhile. A
    picture that its owner uploads again meanwhile leaves the import, and stays
    (``ingest.duplicates``).
    """
    if not slices.run(lambda: _delete_next(job) > 0, seconds):
        job.delete()


@transaction.atomic
def _delete_next(job: ImportJob) -> int:
    rows = pictures_of(job).order_by("pk").select_for_update(of=("self",))
    keys = list(rows.values_list("pk", flat=True)[: change.CHUNK_SIZE])
    change.delete(Image.objects.filter(pk__in=keys))
    return len(keys)
