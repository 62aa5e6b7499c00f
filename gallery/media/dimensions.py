"""Reads a picture's size from its header, in pure Python.

This runs in the web process, so it decodes nothing.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import imagesize


def dimensions(source: Path | bytes) -> tuple[int, int] | None:
    """Width and height according to the header, unverified; None if it does not state them."""
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        # Pass an open file: given a name that begins with "http://", the library downloads it.
        width, height = imagesize.get(_LimitedFile(file), exif_rotation=False)
    return (width, height) if width > 0 and height > 0 else None


class _LimitedFile:
    """A file of which at most 1 MiB can be read.

    A header of a million empty boxes would otherwise keep the web process busy. Each read counts
    as 256 bytes at least, so that the number of reads is limited too.
    """

    _LIMIT = 1 << 20
    _MIN_COST = 256

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._remaining = self._LIMIT

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= self._remaining:
            raise ValueError("the header is too long")
        self._remaining -= max(size, self._MIN_COST)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)
