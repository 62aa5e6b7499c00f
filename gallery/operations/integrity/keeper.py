"""Checks the whole gallery slowly in the background, again and again."""

from __future__ import annotations

import functools
import time

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import StorageUnavailable
from gallery.jobs import problems, slices
from gallery.media.file_hashes import PacedReader
from gallery.models import Image, IntegrityCheck, JobState, State
from gallery.models.locks import Lock, if_free
from gallery.operations.integrity import rounds
from gallery.operations.integrity.check import (
    batch_after,
    examine_batch,
    require_media,
    with_overdue_findings,
)
from gallery.operations.integrity.record import record

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Check for about ``seconds`` while no upload waits, and hint the next slice if there is more.

    Called by the clock and by its own hints. It does nothing while another process checks. A
    process may be killed at any moment: its images are checked again.
    """
    rate = config().integrity_rate
    if not rate:
        return
    reader = PacedReader(rate, must_stop=_uploads_wait)
    step = functools.partial(_step, reader, time.monotonic() + seconds)
    with if_free(Lock.CHECK_INTEGRITY) as is_held:
        more = is_held and slices.run(step, seconds)
    if more:
        hint(Stage.CHECK_INTEGRITY)


def _step(reader: PacedReader, until: float) -> bool:
    """Check the next images; False if nothing is left to do, or nothing can be done now."""
    check = IntegrityCheck.objects.current()
    if check.state == JobState.PAUSED or _uploads_wait():
        return False
    try:
        return _is_ready(check) and _check_next(check, reader, until)
    except StorageUnavailable:
        problems.report(check, IntegrityCheck.Problem.OTHER_MEDIA_FOLDER)
        return False


def _is_ready(check: IntegrityCheck) -> bool:
    """Whether there is something to check, in the right media folder. Begins a round that is due.

    Raises ``StorageUnavailable``.
    """
    begins = rounds.is_due(check)
    if not begins and check.round_began_at is None and not rounds.overdue_findings().exists():
        return False
    require_media()
    problems.clear(check, IntegrityCheck.Problem.OTHER_MEDIA_FOLDER)
    if begins:
        rounds.begin(check)
    return True


def _check_next(check: IntegrityCheck, reader: PacedReader, until: float) -> bool:
    if overdue := with_overdue_findings():
        results = examine_batch(overdue, reader, until)
        record(results, repair=True)
        return bool(results)
    if check.round_began_at is None:
        return False
    images = batch_after(check.checked_to)
    if not images:
        rounds.complete(check)
        return False
    read = reader.bytes_read
    results = examine_batch(images, reader, until)
    repaired = record(results, repair=True)
    rounds.advance(check, results, reader.bytes_read - read, repaired)
    return bool(results)


def _uploads_wait() -> bool:
    return bool(Image.objects.awaiting(State.STORED).due().exists())
