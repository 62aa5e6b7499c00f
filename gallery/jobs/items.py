"""Claiming the items of a stage or a job."""

from __future__ import annotations

from typing import Any

from gallery.core.config import config
from gallery.models.work import Work, WorkQuerySet


def claim(items: WorkQuerySet, batch: int) -> list[Any]:
    """Up to ``batch`` items nobody has tried yet; if there is none, one item to retry.

    An item that failed before is claimed alone: if it kills the worker again, no other item is
    affected.
    """
    seconds = config().lease_seconds
    untried = items.filter(attempts=0).claim(batch, seconds)
    return untried or items.filter(attempts__gt=0).claim(1, seconds)


def was_interrupted(item: Work) -> bool:
    """Whether as many workers were lost with this claimed item as may be."""
    return item.attempts > config().max_attempts
