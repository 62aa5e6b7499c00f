"""One export per model, and one export at a time on this machine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(target: Path) -> Iterator[bool]:
    """False if another process makes the same files. The lock ends with the process at the latest.

    Waits for exports of other models to finish: an export takes gigabytes, and a name that stands
    for two models needs two exports.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        (target.parent / f".{target.name}.lock").open("w") as same_files,
        (target.parent / ".turn.lock").open("w") as any_export,
    ):
        try:
            fcntl.flock(same_files, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            fcntl.flock(any_export, fcntl.LOCK_EX)
            yield True
