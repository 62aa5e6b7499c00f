"""The files that a source may name: regular ones inside of its folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_noop

from gallery.core.errors import FileMissing, FileUnreadable, NotAUrl, SourceMissing, UnsafePath
from gallery.ingest.imports.sources.base import chunks_of

# There is no such file. All others may be faults of a disk or a network, which pass.
_NO_FILE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL}
)


def inside(folder: Path, text: str) -> Path:
    """The file that a path relative to ``folder`` names, with all links followed.

    An absolute path may be given too. Raises ``UnsafePath`` if the file is elsewhere,
    ``FileMissing`` if it is no regular file, and ``OSError``.
    """
    try:
        path = (folder / text).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise UnsafePath("The path leads out of the folder of the import.")
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (ValueError, RuntimeError):
        is_file = False
    if not is_file:
        raise FileMissing("There is no file with this name.")
    return path


@contextmanager
def opened(folder: Path | None, text: str) -> Iterator[Iterator[bytes]]:
    """The bytes of the file. Without a folder, as for an uploaded table, no path is safe.

    Raises ``SourceMissing`` if the folder is not there any more, and ``RowError``; so do the bytes.
    """
    if folder is None:
        raise NotAUrl("This is not an http or https URL, and an uploaded table has no files.")
    try:
        file = inside(folder, text).open("rb")
    except OSError as error:
        raise _fault_of(folder, error) from None
    with file:
        yield _chunks(folder, file)


def _chunks(folder: Path, file: BinaryIO) -> Iterator[bytes]:
    try:
        yield from chunks_of(file)
    except OSError as error:
        raise _fault_of(folder, error) from None


def _fault_of(folder: Path, error: OSError) -> FileMissing | FileUnreadable | SourceMissing:
    """Where nothing is mounted any more, the folder is missing or empty."""
    try:
        with os.scandir(folder) as entries:
            is_there = any(entries)
    except OSError:
        is_there = False
    if not is_there:
        return SourceMissing(gettext_noop("The folder of the import is missing or empty."))
    if error.errno in _NO_FILE:
        return FileMissing("There is no file with this name.")
    return FileUnreadable(f"The file cannot be read: {error.strerror or 'input/output error'}.")
