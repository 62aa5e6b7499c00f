"""The limits of the decoding child, which it sets before it reads a byte of the picture."""

from __future__ import annotations

import os
import resource
import signal
import sys

_OPEN_FILES = 64
_LARGEST_FILE = 64 << 20
_NICENESS = 5


def set_limits(*, seconds: int, cpu_seconds: int, memory: int) -> None:
    """Limit wall time and CPU time, and the address space to ``memory`` bytes."""
    os.umask(0o077)
    # Answers to people come before pictures.
    os.nice(_NICENESS)
    _lower(resource.RLIMIT_CORE, 0)
    # At the soft limit the kernel sends SIGXCPU, which the parent can tell from a crash. If the
    # hard limit were the same, it would send SIGKILL.
    _lower(resource.RLIMIT_CPU, cpu_seconds, hard=cpu_seconds + 1)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    # macOS refuses this limit: its processes reserve hundreds of gigabytes of addresses.
    if sys.platform != "darwin":
        _lower(resource.RLIMIT_AS, memory)
    # The parent enforces the wall time. This alarm ends the child if the parent was killed.
    signal.alarm(seconds + 2)


def memory() -> int:
    """The address space that ``set_limits`` left to this process; on macOS there is no limit."""
    return resource.getrlimit(resource.RLIMIT_AS)[0]


def _lower(limit: int, soft: int, *, hard: int | None = None) -> None:
    """``hard`` defaults to ``soft``. Neither is set above the hard limit of the parent."""
    _, allowed = resource.getrlimit(limit)
    new = (soft, soft if hard is None else hard)
    if allowed != resource.RLIM_INFINITY:
        new = (min(new[0], allowed), min(new[1], allowed))
    resource.setrlimit(limit, new)
