"""The stage that continues imports: one process at a time, one import after the other in turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import SourceChanged, SourceMissing, SourceUnreadable
from gallery.ingest.imports import claims, uploads
from gallery.ingest.imports.sources.opening import open_source
from gallery.ingest.imports.work import work
from gallery.jobs import problems, progress, states
from gallery.models import ImportJob, SourceKind
from gallery.models.locks import Lock, if_free, waiting_for

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0
_SHORT_SECONDS = 2.0
_WAIT_SECONDS = 0.5
# Between two looks into a watched folder.
_LOOK_INTERVAL = timedelta(seconds=30)


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Work on imports for about ``seconds``, and hint the next slice if there is more.

    Called by the clock and by its own hints. It does nothing while another process works.
    """
    with if_free(Lock.IMPORT) as is_held:
        progressed = is_held and _turns(time.monotonic() + seconds)
        if is_held:
            uploads.remove_abandoned()
    if progressed:
        hint(Stage.IMPORT)


def run_until_done(job: ImportJob, report: Callable[[ImportJob], None]) -> None:
    """Work until this import is complete, paused or deleted; ``report`` after each slice.

    Other imports have their turns meanwhile. Waits until another process has finished its slice.
    """
    with waiting_for(Lock.IMPORT):
        while ImportJob.objects.running().filter(pk=job.pk).exists():
            if not _turns(time.monotonic() + _SHORT_SECONDS):
                time.sleep(_WAIT_SECONDS)
            report(ImportJob.objects.filter(pk=job.pk).first() or job)


def _turns(deadline: float) -> bool:
    """Work on the imports in turns, the one that has waited longest first; whether something was
    done. The caller holds the lock."""
    progressed = False
    for job in ImportJob.objects.running().order_by("worked_at"):
        if time.monotonic() >= deadline and progressed:
            break
        if job.kind != SourceKind.WATCHED or job.waiting or _is_due(job):
            progressed = _slice(job, deadline) or progressed
    return progressed


def _is_due(job: ImportJob) -> bool:
    return timezone.now() - job.worked_at >= _LOOK_INTERVAL


def _slice(job: ImportJob, deadline: float) -> bool:
    ImportJob.objects.filter(pk=job.pk).update(worked_at=Now())
    claims.release_all(job)
    done = job.done
    try:
        with closing(open_source(job)) as source:
            progressed = work(job, source, until=lambda: time.monotonic() >= deadline)
    except (SourceChanged, SourceMissing, SourceUnreadable) as error:
        states.pause(job, ImportJob.Problem(error.code), detail=error.message)
        return False
    current = ImportJob.objects.filter(pk=job.pk).first()
    if current is not None:
        if current.done > done:
            problems.clear(current, ImportJob.Problem.STORAGE)
        progress.measure(current, lambda: current.missing_rows)
        _complete(current)
    return progressed


def _complete(job: ImportJob) -> None:
    if not job.is_read or job.waiting:
        return
    ended = ImportJob.objects.running().filter(pk=job.pk, is_read=True)
    if ended.update(completed_at=Now(), **problems.NO_PROBLEM):
        uploads.remove(job)
