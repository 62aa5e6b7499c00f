"""Claims items of a stage or a job for a worker: new ones in batches, failed ones alone."""

from __future__ import annotations

from typing import Any

from gallery.core.config import config
from gallery.models.work import Work, WorkQuerySet


def claim(items: WorkQuerySet, batch: int) -> list[Any]:
    """Claim up to ``batch`` items that nobody has tried yet; if there is none, one item to retry.

    An item that failed before is claimed alone: if it kills the worker again, no other item is
    affected.
    """
    seconds = config().lease_seconds
    untried = items.filter(attempts=0).claim(batch, seconds)
    return untried or items.filter(attempts__gt=0).claim(1, seconds)


def was_interrupted(item: Work) -> bool:
    """Whether a claimed item has used all its attempts, so that its last worker was killed.

    An item whose last attempt fails in another way is skipped or fails, and is not claimed again.
    """
    return item.attempts > config().max_attempts
