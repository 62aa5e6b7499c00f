"""Which rows of an import are next, and what happens to those that could not be finished."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from gallery.core.config import config
from gallery.core.errors import FileUnreadable, GalleryError
from gallery.models import ImportJob, ImportRow

# One process works on imports at a time. The lease only has to be longer than one download.
_LEASE_SECONDS = 300
# The last attempt for a file that cannot be read is a quarter of an hour after the first one.
_FILE_ATTEMPTS = 10


def claim(
    job: ImportJob, limit: int, *, without: Collection[str], held: Collection[ImportRow]
) -> list[ImportRow]:
    """The next due rows, except for those of the hosts ``without``. The caller has claimed the
    rows ``held``, which have not ended.

    A row whose worker was killed is claimed alone, when there is no other one: it may be what
    killed the worker.
    """
    if any(_was_killed(row) for row in held):
        return []
    rows = ImportRow.objects.filter(job=job).waiting().exclude(host__in=without)
    killed = Q(attempts__gt=0, error_code="")
    others: list[ImportRow] = rows.exclude(killed).claim(limit, _LEASE_SECONDS)
    if others or held:
        return others
    return list(rows.filter(killed).claim(1, _LEASE_SECONDS))


def release_all(job: ImportJob) -> None:
    """The rows that a killed process held can be claimed again at once.

    Only the process that holds the lock of imports may call this.
    """
    held = ImportRow.objects.filter(job=job, lease_until__isnull=False)
    held.update(lease_until=None, next_attempt_at=Now())


def put_back(row: ImportRow) -> None:
    """Release a row that was not worked on; the attempt does not count."""
    row.release(attempts=row.attempts - 1)


def try_again(row: ImportRow, error: GalleryError, *, after: float | None) -> bool:
    """Release the row for another attempt; False if it had all of them."""
    if row.attempts >= _attempts_after(error.code):
        return False
    reason = {"error_code": error.code, "error_message": error.message[:300]}
    if after is None:
        row.back_off(**reason)
    else:
        row.release(next_attempt_at=Now() + timedelta(seconds=after), **reason)
    return True


def _was_killed(row: ImportRow) -> bool:
    """Whether the worker of an earlier attempt for this claimed row was killed."""
    return row.attempts > 1 and not row.error_code


def was_interrupted(row: ImportRow) -> bool:
    """Whether a claimed row has used all its attempts, so that its last worker was killed."""
    return row.attempts > _attempts_after(row.error_code)


def _attempts_after(code: str) -> int:
    most = config().max_attempts
    return max(most, _FILE_ATTEMPTS) if code == FileUnreadable.code else most


def pause_host(host: str, seconds: float) -> None:
    """No row of this server, in any import, is due before these seconds are over."""
    moment = Now() + timedelta(seconds=seconds)
    rows = ImportRow.objects.filter(host=host, skipped=False, lease_until__isnull=True)
    rows.update(next_attempt_at=Greatest(F("next_attempt_at"), moment))
