"""The files that a source may name: regular ones inside of its folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gallery.core.errors import FileMissing, UnsafePath
from gallery.ingest.imports.sources.base import chunks_of


def inside(folder: Path, text: str) -> Path:
    """The file that a path relative to ``folder`` names, with all links followed.

    An absolute path may be given too. Raises ``UnsafePath`` if the file is elsewhere, and
    ``FileMissing`` if it is no regular file.
    """
    try:
        path = (folder / text).resolve()
        is_inside = path.is_relative_to(folder.resolve())
        is_file = is_inside and path.is_file()
    except (OSError, ValueError, RuntimeError):
        raise FileMissing("There is no file with this name.") from None
    if not is_inside:
        raise UnsafePath("The path leads out of the folder of the import.")
    if not is_file:
        raise FileMissing("There is no file with this name.")
    return path


@contextmanager
def opened(folder: Path | None, text: str) -> Iterator[Iterator[bytes]]:
    """The bytes of the file. Without a folder, as for an uploaded table, no path is safe."""
    if folder is None:
        raise UnsafePath("An uploaded table can name URLs only, no paths.")
    try:
        file = inside(folder, text).open("rb")
    except OSError as error:
        reason = error.strerror or "input/output error"
        raise FileMissing(f"The file cannot be opened: {reason}.") from None
    with file:
        yield _chunks(file)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    try:
        yield from chunks_of(file)
    except OSError as error:
        reason = error.strerror or "input/output error"
        raise FileMissing(f"The file cannot be read: {reason}.") from None
