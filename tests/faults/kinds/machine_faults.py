"""The disk of the pictures is full, files cannot grow, and the clock jumps."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from tests.faults.target import Target

_HOUR = 3600


def fill_disk(target: Target, seconds: float) -> None:
    target.disk.fill()
    try:
        time.sleep(seconds)
    finally:
        target.disk.empty()


def limit_files(target: Target, seconds: float) -> None:
    """No process of the site can write a file of more than 1 kB, as with a quota (EFBIG)."""
    _limit(_writers(target), 1024)
    try:
        time.sleep(seconds)
    finally:
        # Children that were started meanwhile have inherited it.
        _limit([*_writers(target), *target.decoders()], None)


def _writers(target: Target) -> list[int]:
    roles = ("web", "derive")
    return [pid for role in roles for pid in (*target.pids(role), *target.inner_pids(role))]


def _limit(pids: Iterable[int], size: int | None) -> None:
    """None: as much as a process may have. A decoder has set itself a limit that stays."""
    for pid in pids:
        with suppress(OSError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            soft = hard if size is None else size
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def shift_clock(hours: int) -> Callable[[Target, float], None]:
    """All programs except PostgreSQL jump by ``hours``, and back after some seconds."""

    def strike(target: Target, seconds: float) -> None:
        target.clock.shift(hours * _HOUR)
        try:
            time.sleep(seconds)
        finally:
            target.clock.shift(0)

    return strike
