"""What happens to an item that failed: it is retried later, or skipped with the reason."""

from __future__ import annotations

import logging

from gallery.core.config import config
from gallery.models import JobItem

log = logging.getLogger(__name__)


def retry_or_skip(item: JobItem, *, code: str, message: str) -> None:
    """Retry after a pause that grows with each attempt; skip the item after the last attempt."""
    if item.attempts < config().max_attempts:
        item.back_off(error_code=code, error_message=message[:300])
    else:
        skip(item, code=code, message=message)


def skip(item: JobItem, *, code: str, message: str) -> None:
    log.warning("%s is skipped: %s", item, message)
    item.skip(error_code=code, error_message=message)


def interrupted(item: JobItem) -> None:
    """Skip an item because its workers were killed ``max_attempts`` times."""
    message = f"The process was killed {item.attempts - 1} times while it worked on this."
    skip(item, code="interrupted", message=message)


def too_many(skipped: int, *, of: int) -> bool:
    """Whether more than 1 % of the items, and more than one, were skipped.

    Then the cause is most likely the machine, for instance a missing folder.
    """
    return skipped > max(1, of // 100)
