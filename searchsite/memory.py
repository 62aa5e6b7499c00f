"""The memory of this machine."""

from __future__ import annotations

import os
from pathlib import Path

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def total() -> int:
    """Bytes of memory of this machine, or the container's limit if that is lower."""
    smallest = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _CGROUP_LIMITS:
        try:
            smallest = min(smallest, int(path.read_text()))
        except (OSError, ValueError):
            continue
    return smallest
