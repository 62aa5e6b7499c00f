"""Finds what a job still has to work on, and adds items for a few hundred rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gallery.models import Job, JobItem

# A scan of a million rows takes 0.1 to 2 s, so one scan adds a few hundred items.
ITEMS_AT_ONCE = 512
# A row that is added later gets its item when it is stored. A complete scan is repeated only for
# rows that got none, which should not happen.
_REPEAT_AFTER = timedelta(minutes=10)


def add_items(job: Job, rows: QuerySet[Any], new_item: Callable[[Any], JobItem]) -> int:
    """Add an item for each of the next ``rows``, which have none; returns how many rows it found.

    The newest rows come first, by ``created_at``. A scan continues where the last one ended, so
    that it need not step over what is done. At the oldest row it starts again at the newest.
    Adds nothing if the job was deleted meanwhile.
    """
    ordered = rows.order_by("-created_at", "-pk").values_list("pk", "created_at")
    keys = list(_created_until(job.scanned_to, ordered)[:ITEMS_AT_ONCE])
    if not keys and job.scanned_to is not None:
        keys = list(ordered[:ITEMS_AT_ONCE])
    scanned_to, scanned_at = (keys[-1][1], None) if keys else (None, timezone.now())
    if (scanned_to, scanned_at) != (job.scanned_to, job.scanned_at):
        row = type(job)._base_manager.filter(pk=job.pk)
        row.update(scanned_to=scanned_to, scanned_at=scanned_at)
    _create(job, [new_item(key) for key, _ in keys])
    return len(keys)


def is_complete(job: Job) -> bool:
    """Whether a scan found nothing in the last ten minutes: then all that is left has an item."""
    at = job.scanned_at
    return at is not None and timezone.now() - at < _REPEAT_AFTER


@transaction.atomic
def _create(job: Job, items: list[JobItem]) -> None:
    """Lock the job's row first: if it was deleted, its items would violate the foreign key."""
    rows = type(job)._base_manager.select_for_update(no_key=True).filter(pk=job.pk)
    if items and rows.exists():
        type(items[0])._base_manager.bulk_create(items, ignore_conflicts=True)


def _created_until(moment: datetime | None, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows if moment is None else rows.filter(created_at__lte=moment)
