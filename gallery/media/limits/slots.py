"""A limit on how many threads of this process do the same expensive work at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from gallery.core.errors import TooBusy


class Slots:
    """``count`` threads may hold a slot; no thread waits for one."""

    def __init__(self, count: int) -> None:
        self._semaphore = threading.BoundedSemaphore(count)

    @contextlib.contextmanager
    def occupied(self) -> Iterator[None]:
        """Hold a slot for the duration of the block. Raises ``TooBusy`` if none is free."""
        if not self._semaphore.acquire(blocking=False):
            raise TooBusy("Too many pictures are being processed right now. Try again soon.")
        try:
            yield
        finally:
            self._semaphore.release()
