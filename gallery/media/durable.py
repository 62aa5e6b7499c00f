"""File operations that survive a power cut, and the meaning of a disk's errors."""

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
def storage_errors(*, unchanged: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turn ``OSError`` into ``StorageFull`` or ``StorageUnavailable``.

    An error of the type ``unchanged`` passes as it is.
    """
    try:
        yield
    except unchanged:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("There is no space left for pictures.") from error
        reason = error.strerror or "input/output error"
        raise StorageUnavailable(f"The picture store cannot be used: {reason}.") from error


def make_folder(path: Path) -> Path:
    """Make a folder and its parents, and sync each new name to disk.

    It is no error if the folder exists or another process makes it at the same time.
    """
    if path.is_dir():
        return path
    if path != path.parent:
        make_folder(path.parent)
    path.mkdir(mode=_MODE, exist_ok=True)
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Write a file's bytes, or the names in a folder, to the disk (``fsync``)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
