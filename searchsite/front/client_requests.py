"""How many requests of one client are received, answered or sent at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class ClientRequests:
    """Only the event loop calls the method, so there is no lock."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: Counter[str] = Counter()

    @contextmanager
    def counted(self, client: str) -> Iterator[bool]:
        """Count a request during the block; False if the client has too many."""
        self._running[client] += 1
        try:
            yield self._running[client] <= self._limit
        finally:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
