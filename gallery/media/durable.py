"""Folders and names that survive a power cut, and what it means when the disk refuses."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from gallery.core.errors import StorageFull, StorageUnavailable

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_MODE = 0o700


@contextlib.contextmanager
def faults(but: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turn the operating system's refusals into ``StorageFull`` and ``StorageUnavailable``."""
    try:
        yield
    except but:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("There is no space left for pictures.") from error
        reason = error.strerror or "input/output error"
        raise StorageUnavailable(f"The picture store does not answer: {reason}.") from error


def folder(path: Path) -> Path:
    """Make a folder and those above it, each durable in its parent; racing makers agree."""
    if path.is_dir():
        return path
    if path != path.parent:
        folder(path.parent)
    path.mkdir(mode=_MODE, exist_ok=True)
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Bring a file's bytes, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
