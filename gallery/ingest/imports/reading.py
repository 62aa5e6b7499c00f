"""Reads the next rows of a source: the rows and the position are committed together.

The job is not locked while its source is read, which can take minutes.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from gallery.core.errors import SourceUnreadable
from gallery.ingest.imports.rows import store
from gallery.ingest.imports.sources.base import Batch, Source
from gallery.models import EmbeddingSpace, ImportedFile, ImportJob, SourceKind

# Rows that wait for their pictures. They have to be enough to keep slow servers from holding up
# quick ones, and few, since each is written and deleted.
MOST_WAITING = 2000
ROWS_AT_ONCE = 500
# Of a source that somebody uploaded: each dropped row stays in the database, with its reason.
_MOST_DROPPED = 100_000


def read_next(key: Any, source: Source) -> Batch | None:
    """The next rows of the job; None if the source is read, or the job paused or deleted.

    The caller holds the lock of imports. Raises ``SourceUnreadable`` and ``SourceMissing``.
    """
    job = _with_rows(key).first()
    if job is None:
        return None
    batch = source.read(job.position, ROWS_AT_ONCE)
    return batch if _keep(key, batch) else None


def _with_rows(key: Any) -> QuerySet[ImportJob]:
    return ImportJob.objects.running().filter(pk=key, is_read=False)


@transaction.atomic
def _keep(key: Any, batch: Batch) -> bool:
    """Store the rows and the position after them; False if the job was paused meanwhile."""
    job = _with_rows(key).select_for_update(no_key=True).first()
    if job is None:
        return False
    spaces = dict(EmbeddingSpace.objects.filter(dropping=False).values_list("fingerprint", "pk"))
    store.store(job, batch.rows, first=job.rows_read + 1, spaces=spaces)
    _note_files(job, batch)
    rows_read = job.rows_read + len(batch.rows)
    dropped = job.dropped + sum(row.error is not None for row in batch.rows)
    if job.is_uploaded and dropped > _MOST_DROPPED:
        raise SourceUnreadable(f"More than {_MOST_DROPPED} rows are no pictures.")
    ImportJob.objects.filter(pk=key).update(
        position=batch.position,
        rows_read=rows_read,
        dropped=dropped,
        is_read=batch.is_last and job.kind != SourceKind.WATCHED,
        total=_total(batch, rows_read),
        worked_at=Now(),
    )
    return True


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
