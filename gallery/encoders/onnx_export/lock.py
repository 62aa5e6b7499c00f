"""Locks between export processes: one export per model, and one export at a time per machine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(target: Path) -> Iterator[bool]:
    """Yield False at once if another process exports to the same target.

    Otherwise wait until exports of other models have finished, then yield True: one export takes
    gigabytes of memory, and a name that stands for two models needs two exports. The kernel
    releases the locks when the process ends.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        (target.parent / f".{target.name}.lock").open("w") as same_target,
        (target.parent / ".turn.lock").open("w") as any_export,
    ):
        try:
            fcntl.flock(same_target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            fcntl.flock(any_export, fcntl.LOCK_EX)
            yield True
