"""The stage that continues imports: one process at a time, one import after the other in turns."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import SourceChanged, SourceMissing, SourceUnreadable
from gallery.ingest.imports import picture_deletion, uploads
from gallery.ingest.imports.hosts import Hosts, hosts_of_process
from gallery.ingest.imports.rows import claims
from gallery.ingest.imports.sources.opening import open_source, refuse_changed
from gallery.ingest.imports.work import work
from gallery.jobs import problems, progress, states
from gallery.models import ImportJob, SourceKind
from gallery.models.locks import Lock, if_free

log = logging.getLogger(__name__)

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
        progressed = is_held and _turns(seconds)
        if is_held:
            uploads.remove_abandoned()
    if progressed:
        hint(Stage.IMPORT)


def run_until_done(job: ImportJob, report: Callable[[ImportJob], None]) -> None:
    """Work until this import is complete, paused, or deleted with or without its pictures;
    ``report`` after each slice.

    Other imports have their turns meanwhile. While another process works on imports, on this one
    too, it only reports.
    """
    while ImportJob.objects.running().filter(pk=job.pk).exists():
        with if_free(Lock.IMPORT) as is_held:
            progressed = is_held and _turns(_SHORT_SECONDS)
        if not progressed:
            time.sleep(_WAIT_SECONDS)
        report(ImportJob.objects.filter(pk=job.pk).first() or job)


def _turns(seconds: float) -> bool:
    """Work on the imports in turns, the one that has waited longest first; whether something was
    done. The caller holds the lock."""
    limits = config()
    hosts = hosts_of_process(limits.import_connections, limits.import_rate)
    progressed, left = False, seconds
    for key in ImportJob.objects.with_work().order_by("worked_at").values_list("pk", flat=True):
        if left <= 0:
            break
        job = ImportJob.objects.with_work().filter(pk=key).first()
        if job is not None and _is_due(job):
            has_progressed, taken = _slice(job, left, hosts)
            progressed = progressed or has_progressed
            left -= taken
    return progressed


def _is_due(job: ImportJob) -> bool:
    """A watched folder without rows, or with a problem, is looked into at intervals."""
    is_watching = job.kind == SourceKind.WATCHED and not job.deletes_pictures
    is_resting = is_watching and (not job.waiting or job.problem_code)
    return not is_resting or timezone.now() - job.worked_at >= _LOOK_INTERVAL


def _slice(job: ImportJob, seconds: float, hosts: Hosts) -> tuple[bool, float]:
    """Whether something was done, and the seconds that it took."""
    ImportJob.objects.filter(pk=job.pk).update(worked_at=Now())
    if not job.deletes_pictures:
        return _import_rows(job, seconds, hosts)
    began = time.monotonic()
    picture_deletion.run(job, seconds)
    return True, time.monotonic() - began


def _import_rows(job: ImportJob, seconds: float, hosts: Hosts) -> tuple[bool, float]:
    """Whether a row was done, and the seconds that it took after the source was open.

    Opening a large archive takes seconds; then the slice is at least as long, so that no import
    spends more time on opening its source than on its rows.
    """
    claims.release_all(job)
    done = job.done
    began = opened = time.monotonic()
    try:
        refuse_changed(job)
        with closing(open_source(job)) as source:
            opened = time.monotonic()
            end = opened + max(seconds, opened - began)
            progressed = work(job, source, hosts, until=lambda: time.monotonic() >= end)
    except (SourceChanged, SourceMissing, SourceUnreadable) as error:
        _stop(job, error)
        return False, 0.0
    except DatabaseError:
        raise
    except Exception as error:
        # A file of one person must not stop the imports of all others.
        log.exception("import %s was stopped", job.pk)
        _stop(job, SourceUnreadable(f"{type(error).__name__}."))
        return False, 0.0
    current = ImportJob.objects.filter(pk=job.pk).first()
    if current is not None:
        _note_progress(current, has_progressed=current.done > done)
    return progressed, time.monotonic() - opened


def _stop(job: ImportJob, error: SourceChanged | SourceMissing | SourceUnreadable) -> None:
    """Pause the import. A watched folder may come back by itself, as a disk of the network does.

    Nothing is recorded for an import that is being deleted: its uploaded file is gone on purpose.
    """
    problem = ImportJob.Problem(error.code)
    with transaction.atomic():
        if not ImportJob.objects.running().filter(pk=job.pk).select_for_update().exists():
            return
        if job.kind == SourceKind.WATCHED:
            problems.report(job, problem, detail=error.message)
        else:
            states.pause(job, problem, detail=error.message)


def _note_progress(job: ImportJob, *, has_progressed: bool) -> None:
    if has_progressed or not job.waiting:
        problems.clear(job, ImportJob.Problem.STORAGE, ImportJob.Problem.SOURCE_MISSING)
    progress.measure(job, lambda: job.missing_rows)
    _complete(job)


def _complete(job: ImportJob) -> None:
    if not job.is_read or job.waiting:
        return
    ended = ImportJob.objects.running().filter(pk=job.pk, is_read=True)
    if ended.update(completed_at=Now(), **problems.NO_PROBLEM):
        uploads.remove(job)
