"""A limit on how many threads of this process do the same expensive work at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from gallery.core.errors import TooBusy


class Slots:
    """``count`` threads may hold a slot; others wait up to ``timeout`` seconds for a free one."""

    def __init__(self, count: int, *, timeout: float) -> None:
        self._semaphore = threading.BoundedSemaphore(count)
        self._timeout = timeout

    @contextlib.contextmanager
    def occupied(self) -> Iterator[None]:
        """Hold a slot for the duration of the block. Raises ``TooBusy`` after the timeout."""
        if not self._semaphore.acquire(timeout=self._timeout):
            raise TooBusy("Too many pictures are being processed right now. Try again soon.")
        try:
            yield
        finally:
            self._semaphore.release()
