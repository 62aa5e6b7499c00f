"""Reads the next rows of a source: the rows and the position are committed together."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.errors import SourceUnreadable
from gallery.ingest.imports.rows import store
from gallery.ingest.imports.sources.base import Batch, Source
from gallery.models import EmbeddingSpace, ImportedFile, ImportJob, JobState, SourceKind

# Rows that wait for their pictures. They have to be enough to keep slow servers from holding up
# quick ones, and few, since each is written and deleted.
MOST_WAITING = 2000
ROWS_AT_ONCE = 500
# Of a source that somebody uploaded: each dropped row stays in the database, with its reason.
_MOST_DROPPED = 100_000


@transaction.atomic
def read_next(key: Any, source: Source) -> Batch | None:
    """The next rows of the job; None if the source is read, or the job paused or deleted.

    Raises ``SourceUnreadable`` and ``SourceMissing``.
    """
    jobs = ImportJob.objects.filter(pk=key)
    job = jobs.select_for_update(no_key=True).first()
    if job is None or job.is_read or job.state != JobState.RUNNING:
        return None
    batch = source.read(job.position, ROWS_AT_ONCE)
    spaces = dict(EmbeddingSpace.objects.filter(dropping=False).values_list("fingerprint", "pk"))
    store.store(job, batch.rows, first=job.rows_read + 1, spaces=spaces)
    _note_files(job, batch)
    rows_read = job.rows_read + len(batch.rows)
    dropped = job.dropped + sum(row.error is not None for row in batch.rows)
    if job.is_uploaded and dropped > _MOST_DROPPED:
        raise SourceUnreadable(f"More than {_MOST_DROPPED} rows are no pictures.")
    jobs.update(
        position=batch.position,
        rows_read=rows_read,
        dropped=dropped,
        is_read=batch.is_last and job.kind != SourceKind.WATCHED,
        total=_total(batch, rows_read),
        worked_at=Now(),
    )
    return batch


def _total(batch: Batch, rows_read: int) -> int | None:
    if batch.is_last or batch.total is not None:
        return batch.total if batch.total is not None else rows_read
    return round(rows_read / batch.share) if batch.share else None


def _note_files(job: ImportJob, batch: Batch) -> None:
    ImportedFile.objects.bulk_create(
        (
            ImportedFile(
                job=job,
                path=ImportedFile.key_of(file.path),
                size=file.size,
                modified_ns=file.modified_ns,
            )
            for file in batch.seen
        ),
        update_conflicts=True,
        unique_fields=["job", "path"],
        update_fields=["size", "modified_ns"],
    )
