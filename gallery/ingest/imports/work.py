"""Works on one import: reads its source, gets the pictures, and ends its rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

from gallery.core.config import config
from gallery.core.errors import (
    FileUnreadable,
    GalleryError,
    Interrupted,
    SourceMissing,
    StorageFull,
    StorageUnavailable,
    TooBusy,
    UrlAnswer,
    UrlUnreachable,
)
from gallery.ingest.imports import reading
from gallery.ingest.imports.downloads import Arrival, Downloads
from gallery.ingest.imports.hosts import Hosts
from gallery.ingest.imports.rows import claims, outcomes
from gallery.ingest.imports.sources.base import Batch, Source
from gallery.jobs import problems
from gallery.models import ImportJob, ImportRow

# Servers that are asked again later: overloaded, or at fault.
_TRANSIENT_ANSWERS = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAUSING_ANSWERS = frozenset({429, 503})
_PAUSE_SECONDS = 5.0
_MOST_PAUSE_SECONDS = 300.0


class _StorageLost(Exception):
    """The picture store cannot be used; the job has the problem."""


def work(job: ImportJob, source: Source, hosts: Hosts, *, until: Callable[[], bool]) -> bool:
    """Work on the job until ``until``, or until nothing is due; whether a row was done.

    The caller holds the lock of imports. Raises ``SourceUnreadable`` and ``SourceMissing``.
    """
    done = job.done
    hosts.forget_idle(time.monotonic())
    downloads = Downloads(source, parallel=config().import_downloads, hosts=hosts)
    try:
        with downloads:
            _steps(job, source, downloads, until)
            while downloads.is_busy:
                _end_arrivals(job, downloads)
    except _StorageLost:
        pass
    finally:
        for row in downloads.unfinished:
            claims.put_back(row)
    _reload(job)
    if downloads.unreadable and job.done == done:
        problems.report(job, ImportJob.Problem.SOURCE_MISSING, detail=downloads.unreadable)
    return job.done > done


def _steps(job: ImportJob, source: Source, downloads: Downloads, until: Callable[[], bool]) -> None:
    is_read = False
    while not until() and _reload(job):
        batch = None if is_read else _read(job, source)
        is_read = is_read or (batch is not None and batch.is_last)
        downloads.add(_claim(job, downloads))
        downloads.start()
        ended = _end_arrivals(job, downloads)
        if not (batch or ended or downloads.is_busy or downloads.unstarted):
            return


def _reload(job: ImportJob) -> bool:
    """Read the counters of the job again; False once it is paused or deleted."""
    columns = ("rows_read", "imported", "duplicates", "dropped", "is_read")
    values = ImportJob.objects.running().filter(pk=job.pk).values(*columns).first()
    for name, value in (values or {}).items():
        setattr(job, name, value)
    return values is not None


def _read(job: ImportJob, source: Source) -> Batch | None:
    """The rows that were read, if there is room for them."""
    if job.is_read or job.waiting > reading.MOST_WAITING - reading.ROWS_AT_ONCE:
        return None
    return reading.read_next(job.pk, source)


def _claim(job: ImportJob, downloads: Downloads) -> list[ImportRow]:
    if not downloads.room:
        return []
    rows = []
    held = downloads.unfinished
    for row in claims.claim(job, downloads.room, without=downloads.unwanted, held=held):
        if claims.was_interrupted(row):
            message = f"The process was killed {row.attempts - 1} times while it worked on this."
            outcomes.drop(job, row, Interrupted(message))
        else:
            rows.append(row)
    return rows


def _end_arrivals(job: ImportJob, downloads: Downloads) -> bool:
    ended = False
    for row, future in downloads.arrivals():
        _end_row(job, row, future, downloads)
        ended = True
    return ended


def _end_row(job: ImportJob, row: ImportRow, future: Future[Arrival], downloads: Downloads) -> None:
    try:
        arrival = future.result()
        try:
            outcomes.accept_row(job, row, arrival.received, arrival.file_name)
        finally:
            arrival.close()
    except outcomes.LeaseLost:
        pass
    except (StorageFull, StorageUnavailable) as error:
        _wait_for_storage(job, row, error)
    except (UrlAnswer, UrlUnreachable, TooBusy) as error:
        _retry_or_drop(job, row, error, downloads)
    except FileUnreadable as error:
        downloads.unreadable = error.message
        if not claims.try_again(row, error, after=None):
            outcomes.drop(job, row, error)
    except SourceMissing:
        claims.put_back(row)
        raise
    except GalleryError as error:
        outcomes.drop(job, row, error)


def _retry_or_drop(
    job: ImportJob, row: ImportRow, error: GalleryError, downloads: Downloads
) -> None:
    answer = error.data.get("answer")
    if answer is not None and answer not in _TRANSIENT_ANSWERS:
        outcomes.drop(job, row, error)
        return
    pause = _pause_of(error) if answer in _PAUSING_ANSWERS else None
    if not claims.try_again(row, error, after=pause):
        outcomes.drop(job, row, error)
    if pause is not None:
        for waiting in downloads.pause(row.host, pause):
            claims.put_back(waiting)
        claims.pause_host(row.host, pause)


def _pause_of(error: GalleryError) -> float:
    seconds = float(error.data.get("retry_after", _PAUSE_SECONDS))
    return min(max(seconds, 1.0), _MOST_PAUSE_SECONDS)


def _wait_for_storage(job: ImportJob, row: ImportRow, error: GalleryError) -> None:
    claims.put_back(row)
    problems.report(job, ImportJob.Problem.STORAGE, detail=error.message)
    raise _StorageLost
