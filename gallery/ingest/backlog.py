"""Derives waiting images without messages, while the broker passes none on."""

from __future__ import annotations

from gallery.core.config import config
from gallery.ingest.derive import derive
from gallery.models import Image, State

# The caller looks again soon, so that it notices the broker's return.
MOST_AT_ONCE = 20


def derive_backlog() -> int:
    """Derive the images that have been due longest, and return how many were tried.

    Images whose workers were lost too often are left to the sweep, which quarantines them.
    """
    due = Image.objects.awaiting(State.STORED).due().filter(attempts__lt=config().max_attempts)
    keys = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for key in keys:
        derive(key)
    return len(keys)
