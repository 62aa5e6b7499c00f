"""Extends the leases of a worker while it works, so that a short lease is enough for long work.

A worker that was killed, or is frozen, extends nothing: its rows are free after one lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import Error, connections

from gallery.core.config import config
from gallery.models.work import Work

log = logging.getLogger(__name__)

# The part of a lease between two extensions. One of them may fail, for instance while the database
# restarts.
_INTERVAL = 1 / 3


@contextmanager
def kept(items: Sequence[Work], *, at_most: float) -> Iterator[None]:
    """Extend the leases of claimed items from a thread while the block runs.

    For ``at_most`` seconds, so that a worker that hangs loses them in the end. The block must not
    release an item, and a lease that another worker has taken stays lost.
    """
    is_over = threading.Event()
    thread = threading.Thread(
        target=_extend_until, args=[is_over, items, at_most], daemon=True, name="leases"
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _extend_until(is_over: threading.Event, items: Sequence[Work], at_most: float) -> None:
    seconds = config().lease_seconds
    ends_at = time.monotonic() + at_most
    try:
        while not is_over.wait(seconds * _INTERVAL) and time.monotonic() < ends_at:
            _extend(items, seconds)
    finally:
        connections.close_all()


def _extend(items: Sequence[Work], seconds: float) -> None:
    try:
        for item in items:
            item.extend(seconds)
    except Error as error:
        log.warning("%s leases were not extended: %s", len(items), error)
        connections.close_all()
