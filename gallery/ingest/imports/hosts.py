"""How often each server is asked for a picture, and how many times at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache


@dataclass
class Hosts:
    """``connections`` at once to one server, and ``rate`` requests a second on average.

    Times are those of ``time.monotonic``.
    """

    connections: int
    rate: float
    _open: Counter[str] = field(default_factory=Counter)
    # When the next request would be due if they were evenly spaced.
    _next: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _paused_until: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def may_start(self, host: str, now: float) -> bool:
        """As many requests as connections may come together."""
        early = (self.connections - 1) / self.rate
        return (
            self._open[host] < self.connections
            and self._next[host] - early <= now
            and self._paused_until[host] <= now
        )

    def start(self, host: str, now: float) -> None:
        self._open[host] += 1
        self._next[host] = max(now, self._next[host]) + 1 / self.rate

    def end(self, host: str) -> None:
        self._open[host] -= 1

    def pause(self, host: str, now: float, seconds: float) -> None:
        self._paused_until[host] = max(self._paused_until[host], now + seconds)

    def paused(self, now: float) -> list[str]:
        return [host for host, moment in self._paused_until.items() if moment > now]

    def forget_idle(self, now: float) -> None:
        """Forget the servers of which nothing has to be remembered; a table may have many."""
        self._open = +self._open
        for moments in (self._next, self._paused_until):
            for host in [host for host, moment in moments.items() if moment <= now]:
                del moments[host]


@cache
def hosts_of_process(connections: int, rate: float) -> Hosts:
    """All imports of this process together ask a server as often as one may."""
    return Hosts(connections, rate)
