"""Undoes an import: deletes the pictures that it added, and then the import itself."""

from __future__ import annotations

from gallery.core.dispatch import Stage, hint
from gallery.ingest import change
from gallery.ingest.imports import uploads
from gallery.jobs import problems, slices
from gallery.models import Image, ImageQuerySet, ImportJob


def begin(job: ImportJob) -> None:
    """The import ends now, and the workers delete its pictures."""
    ImportJob.objects.filter(pk=job.pk).update(deletes_pictures=True, **problems.NO_PROBLEM)
    uploads.remove(job)
    hint(Stage.IMPORT)


def pictures_of(job: ImportJob) -> ImageQuerySet:
    """The pictures that the import added and that its owner has still and may delete.

    None if an older version of the site imported them.
    """
    own = Image.objects.changeable_by(job.owner).filter(owner_id=job.owner_id)
    return own.filter(import_id=job.pk)


def run(seconds: float) -> bool:
    """Delete pictures for about ``seconds``; whether there are more. The caller holds the lock of
    imports, so no process adds pictures to these imports meanwhile."""
    return slices.run(_delete_next, seconds)


def _delete_next() -> bool:
    job = ImportJob.objects.deleting().select_related("owner").order_by("worked_at").first()
    if job is None:
        return False
    keys = pictures_of(job).order_by("pk").values_list("pk", flat=True)[: change.CHUNK_SIZE]
    if not change.delete(Image.objects.filter(pk__in=list(keys))):
        job.delete()
    return True
