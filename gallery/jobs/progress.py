"""The pace of a job, and from it the time that is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gallery.models import Job, JobState

# Counting a million items takes a second, and the pace over a shorter time would be mostly noise.
_COUNT_INTERVAL = timedelta(seconds=15)
# After this time without a measurement the pace is not used.
_STALE = timedelta(minutes=2)
# The weight of the newest measurement in the moving average.
_SMOOTHING = 0.3


def measure(job: Job, count_missing: Callable[[], int]) -> None:
    """Count what is missing, at most every 15 seconds, and update the pace."""
    now = timezone.now()
    if job.counted_at is not None and now - job.counted_at < _COUNT_INTERVAL:
        return
    missing = count_missing()
    rows = type(job)._base_manager.filter(pk=job.pk)
    rows.update(counted_at=now, missing=missing, pace=_pace(job, missing))


def seconds_left(job: Job, missing: int) -> int | None:
    """None while the job is paused, and while its pace is not known."""
    if not missing:
        return 0
    is_fresh = job.counted_at is not None and timezone.now() - job.counted_at < _STALE
    if job.state != JobState.RUNNING or not is_fresh or not job.pace:
        return None
    return round(missing / job.pace)


def _pace(before: Job, missing: int) -> float | None:
    """Items a second, as an exponential moving average."""
    if before.counted_at is None or before.missing is None:
        return None
    elapsed = timezone.now() - before.counted_at
    if elapsed > _STALE:  # no worker was running
        return None
    newest = max(0.0, (before.missing - missing) / elapsed.total_seconds())
    return newest if before.pace is None else before.pace + _SMOOTHING * (newest - before.pace)
