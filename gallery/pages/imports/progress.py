"""How far an import is, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from gallery.ingest.imports import picture_deletion, report
from gallery.jobs import progress
from gallery.models import ImportJob, ImportStatus, SourceKind
from gallery.pages.errors.import_messages import IMPORT_MESSAGES
from gallery.pages.errors.messages import error_message

_WORKING_SECONDS = 3
# Workers look into a watched folder every half minute.
_WATCHING_SECONDS = 30


@dataclass(frozen=True)
class ImportProgress:
    """``percent`` is None while nobody knows how long the source is. ``failed`` is how many of the
    pictures it added could not be processed."""

    job: ImportJob
    state: str
    percent: int | None
    left: str
    failed: int
    reasons: list[tuple[str, int]]

    @property
    def is_working(self) -> bool:
        return self.job.status == ImportStatus.RUNNING

    @property
    def is_paused(self) -> bool:
        return self.job.status == ImportStatus.PAUSED

    @property
    def refresh_seconds(self) -> int | None:
        """After which time the page is read again; None if nothing changes by itself."""
        if self.is_working and self.job.kind == SourceKind.WATCHED and not self.job.waiting:
            return _WATCHING_SECONDS
        is_changing = self.is_working or self.job.status == ImportStatus.DELETING
        return _WORKING_SECONDS if is_changing else None


def progress_of(job: ImportJob, *, failed: int) -> ImportProgress:
    reasons = report.reasons_of(job) if job.dropped or job.incomplete else {}
    return ImportProgress(
        job=job,
        state=str(job.status.label),
        percent=_percent(job),
        left=_left(job),
        failed=failed,
        reasons=[(_reason(code), count) for code, count in reasons.items()],
    )


def _reason(code: str) -> str:
    return str(IMPORT_MESSAGES.get(code) or error_message(code, code))


def _percent(job: ImportJob) -> int | None:
    if job.imports_nothing_more or job.kind == SourceKind.WATCHED:
        return None
    return min(100, 100 * job.done // job.total) if job.total else 0


def _left(job: ImportJob) -> str:
    if job.status == ImportStatus.DELETING:
        count = picture_deletion.pictures_of(job).count()
        return ngettext("%(n)d picture left", "%(n)d pictures left", count) % {"n": count}
    seconds = progress.seconds_left(job, job.missing_rows)
    if not seconds or job.imports_nothing_more:
        return ""
    minutes = max(1, round(seconds / 60))
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
