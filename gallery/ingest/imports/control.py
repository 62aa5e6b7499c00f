"""What its owner and the admin can do with an import."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import ImportBeingDeleted, ImportNotPaused, ImportNotRunning, NotFound
from gallery.ingest.imports import uploads
from gallery.jobs import states
from gallery.models import ImportJob, ImportRow, User


def own(key: Any, user: User) -> ImportJob:
    """The person's import. Raises ``NotFound`` for imports of others."""
    job = ImportJob.objects.of(user).filter(pk=key).first()
    if job is None:
        raise NotFound("There is no such import.")
    return job


def pause(job: ImportJob) -> None:
    """Raises ``ImportNotRunning``."""
    if job.imports_nothing_more or not states.pause(job):
        raise ImportNotRunning("This import does not run.")


def resume(job: ImportJob) -> None:
    """Raises ``ImportNotPaused``."""
    if job.imports_nothing_more or not states.resume(job):
        raise ImportNotPaused("This import is not paused.")
    hint(Stage.IMPORT)


def delete(job: ImportJob) -> None:
    """The import ends, and its report is gone. Pictures that were imported stay.

    Raises ``ImportBeingDeleted`` if its pictures are being deleted, since some of them are gone.
    """
    with transaction.atomic():
        # A worker locks a row before the job, which counts it. So does this, to avoid a deadlock.
        ImportRow.objects.filter(job=job).delete()
        current = ImportJob.objects.select_for_update().filter(pk=job.pk).first()
        if current is not None and current.deletes_pictures:
            raise ImportBeingDeleted("This import is being deleted with its pictures.")
        job.delete()
    uploads.remove(job)
