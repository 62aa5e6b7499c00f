"""Servers that survived an earlier run. Call this only while holding the lock on ``var``."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import psutil

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

    Both servers change to their data directory.
    """
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() != name or process.cwd() != str(directory):
                continue
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process.pid


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
