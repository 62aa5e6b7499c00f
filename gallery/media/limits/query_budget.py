"""What the pictures that people search with may cost a web process.

The thread of a request waits for its decoder, and for nothing else: if there is no room, it
answers at once. Everything is counted in this process, so that it does not depend on Redis.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator

from gallery.core.config import config
from gallery.core.errors import TooBusy, TooManySlowPictures

# Seconds of decoding that a client gets back each second: in the long run, a quarter of a core.
_REFUND = 0.25
# A client that owes as much as so many of the slowest pictures has to wait.
_SLOW_PICTURES = 2
# If more clients than these owe seconds, the oldest debts are dropped.
_MAX_CLIENTS = 10_000


class QueryBudget:
    """Places, memory and, for each client, decoding seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._memory: list[int] = []
        self._running: Counter[str] = Counter()
        # Client → (seconds owed, when that was so).
        self._debts: dict[str, tuple[float, float]] = {}

    @contextlib.contextmanager
    def spent(self, memory: int, *, client: str = "") -> Iterator[None]:
        """Decode a picture in the block. ``client`` is an address as ``core.visitor`` gives it;
        without one, nothing is owed.

        Raises ``TooBusy`` if all places or too much memory are taken, and ``TooManySlowPictures``
        if the client has used up its seconds or already has half of the places.
        """
        with self._lock:
            self._check(memory, client)
            self._memory.append(memory)
            self._running[client] += 1
        started = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._memory.remove(memory)
                self._running[client] -= 1
                self._running += Counter()  # drops the clients with nothing running
                if client:
                    self._charge(client, time.monotonic() - started)

    def _check(self, memory: int, client: str) -> None:
        limits = config()
        places = limits.query_places
        if client and self._running[client] >= max(1, places // 2):
            raise TooManySlowPictures("Your other pictures are still being processed.")
        if client and self._debt(client) >= _SLOW_PICTURES * limits.query_seconds:
            raise TooManySlowPictures("Your pictures took too long to process. Try again soon.")
        is_full = sum(self._memory) + memory > limits.query_memory
        if len(self._memory) >= places or (is_full and self._memory):
            raise TooBusy("Too many pictures are being processed right now. Try again soon.")

    def _debt(self, client: str) -> float:
        seconds, since = self._debts.get(client, (0.0, 0.0))
        return max(0.0, seconds - (time.monotonic() - since) * _REFUND)

    def _charge(self, client: str, seconds: float) -> None:
        debt = self._debt(client) + seconds
        self._debts.pop(client, None)  # dicts keep the order of insertion: the oldest come first
        self._debts[client] = (debt, time.monotonic())
        while len(self._debts) > _MAX_CLIENTS:
            del self._debts[next(iter(self._debts))]


QUERY_BUDGET = QueryBudget()
