"""Whether the last backup is too old, if the site is to warn about it."""

from __future__ import annotations

from datetime import datetime

from django.db import Error
from django.utils import timezone

from gallery.core.config import config
from gallery.models import CompletedBackup

_HOUR = 3600.0


def newest() -> datetime | None:
    """When the last backup was completed."""
    return CompletedBackup.objects.order_by("completed_at").values_list(
        "completed_at", flat=True
    ).last()  # fmt: skip


def reason() -> str:
    """Empty if the last backup is not older than ``GALLERY_BACKUP_AGE``, or if that is 0."""
    limit = config().backup_age
    if not limit:
        return ""
    completed = newest()
    if completed is None:
        return "there is no backup"
    seconds = (timezone.now() - completed).total_seconds()
    return f"the last one is {seconds / _HOUR:.0f} hours old" if seconds > limit else ""


def check() -> dict[str, str]:
    try:
        text = reason()
    except Error:
        return {}  # the check of the database says why
    return {"backup": text} if text else {}
