"""Servers of an earlier run that outlived it. Only for a caller who holds the lock on ``var``."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

_PATIENCE = 60.0


def end(name: str, directory: Path, number: signal.Signals) -> None:
    """Stop every process called ``name`` that works in ``directory``; kill what stays.

    Two servers on the same files would destroy them, and a database refuses to start while a
    process of its predecessor still holds the shared memory.
    """
    for pid in _at_work(name, directory):
        _send(pid, number)
    deadline = monotonic() + _PATIENCE
    while pids := list(_at_work(name, directory)):
        if monotonic() > deadline:
            for pid in pids:
                _send(pid, signal.SIGKILL)
        sleep(0.1)


def _at_work(name: str, directory: Path) -> Iterator[int]:
    """Known by the working directory, which both servers move to (Linux only)."""
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
