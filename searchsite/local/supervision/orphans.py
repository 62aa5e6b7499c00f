"""Servers that survived an earlier run. Call this only while holding the lock on ``var``."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

_GRACE_SECONDS = 60.0


def end(name: str, directory: Path, number: signal.Signals) -> None:
    """Send the signal to every orphan, wait up to 60 seconds, then kill those that are left.

    Two servers on the same files would destroy them. PostgreSQL also refuses to start while an
    orphaned process still holds its shared memory.
    """
    for pid in running(name, directory):
        _send(pid, number)
    deadline = monotonic() + _GRACE_SECONDS
    while pids := list(running(name, directory)):
        if monotonic() > deadline:
            for pid in pids:
                _send(pid, signal.SIGKILL)
        sleep(0.1)


def running(name: str, directory: Path) -> Iterator[int]:
    """Process ids of the programs called ``name`` whose working directory is ``directory``.

    Both servers change to their data directory. Reads ``/proc``, so only Linux has results.
    """
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "comm").read_text().strip() != name:
                continue
            if os.readlink(entry / "cwd") == str(directory) and not _is_zombie(entry):
                yield int(entry.name)


def _is_zombie(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
