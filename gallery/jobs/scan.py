"""Find what a job still has to work on: items exist for a few hundred rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gallery.models import Job, JobItem

# A scan among a million rows is worth a few hundred results.
ITEMS_AT_ONCE = 512
# Rows that a job has to work on later get an item when they are stored, so repeating a complete
# scan only catches what should not happen.
_INTERVAL = timedelta(minutes=10)


def add_items(job: Job, rows: QuerySet[Any], new_item: Callable[[Any], JobItem]) -> int:
    """Add an item for each of the next ``rows`` (of those without an item); how many were added.

    The newest rows come first, by ``created_at``. A scan continues where the last one ended, so
    that it need not step over what is done. At the oldest row it starts again at the newest.
    """
    ordered = rows.order_by("-created_at", "-pk").values_list("pk", "created_at")
    keys = list(_not_newer(ordered, job.scanned_to)[:ITEMS_AT_ONCE])
    if not keys and job.scanned_to is not None:
        keys = list(ordered[:ITEMS_AT_ONCE])
    scanned_to, scanned_at = (keys[-1][1], None) if keys else (None, timezone.now())
    if (scanned_to, scanned_at) != (job.scanned_to, job.scanned_at):
        row = type(job)._base_manager.filter(pk=job.pk)
        row.update(scanned_to=scanned_to, scanned_at=scanned_at)
    items = [new_item(key) for key, _ in keys]
    if items:
        type(items[0])._base_manager.bulk_create(items, ignore_conflicts=True)
    return len(items)


def is_recent(job: Job) -> bool:
    """Whether a scan found nothing in the last ten minutes: then all that is left has an item."""
    at = job.scanned_at
    return at is not None and timezone.now() - at < _INTERVAL


def _not_newer(rows: QuerySet[Any, Any], than: datetime | None) -> QuerySet[Any, Any]:
    return rows if than is None else rows.filter(created_at__lte=than)
