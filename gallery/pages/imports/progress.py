"""How far an import is, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.ingest.imports import report
from gallery.jobs import progress
from gallery.models import ImportJob, JobState, SourceKind
from gallery.pages.errors.import_messages import IMPORT_MESSAGES
from gallery.pages.errors.messages import error_message


@dataclass(frozen=True)
class ImportProgress:
    """``percent`` is None while nobody knows how long the source is."""

    job: ImportJob
    state: str
    percent: int | None
    left: str
    reasons: list[tuple[str, int]]

    @property
    def is_working(self) -> bool:
        return not self.job.is_ended and self.job.state == JobState.RUNNING

    @property
    def is_paused(self) -> bool:
        return not self.job.is_ended and self.job.state == JobState.PAUSED

    @property
    def is_changing(self) -> bool:
        return self.is_working or self.job.deletes_pictures


def progress_of(job: ImportJob) -> ImportProgress:
    reasons = report.reasons_of(job) if job.dropped or job.incomplete else {}
    return ImportProgress(
        job=job,
        state=_state(job),
        percent=_percent(job),
        left=_left(job),
        reasons=[(_reason(code), count) for code, count in reasons.items()],
    )


def _reason(code: str) -> str:
    return str(IMPORT_MESSAGES.get(code) or error_message(code, code))


def _state(job: ImportJob) -> str:
    if job.deletes_pictures:
        return _("deleting its pictures")
    if job.completed_at is not None:
        return _("complete")
    return str(JobState(job.state).label)


def _percent(job: ImportJob) -> int | None:
    if job.is_ended or job.kind == SourceKind.WATCHED:
        return None
    return min(100, 100 * job.done // job.total) if job.total else 0


def _left(job: ImportJob) -> str:
    seconds = progress.seconds_left(job, job.missing_rows)
    if not seconds or job.is_ended:
        return ""
    minutes = max(1, round(seconds / 60))
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
