"""A cheap look at how a picture is built, before a decoder spends seconds on it.

A file of a few megabytes may have a hundred thousand directories, frames or chunks, each of
which costs a decoder more time than its bytes suggest. These functions read no pixels and stop
at their limits, so they take milliseconds. They check only what makes a file slow: whether it is
a good picture is for the decoder to say. Standard library only: the decoding child imports this.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable

from gallery.core.errors import CorruptImage
from gallery.media.structure import gif, jpeg, png, tiff, webp

Bytes = bytes | mmap.mmap

_CHECKS: dict[str, Callable[[Bytes], None]] = {
    "gif": gif.check,
    "jpeg": jpeg.check,
    "png": png.check,
    "tiff": tiff.check,
    "webp": webp.check,
}


def check(data: Bytes, format: str) -> None:
    """Raises ``TooManyParts``, or ``CorruptImage`` if the parts do not fit into the file."""
    if format not in _CHECKS:
        return
    try:
        _CHECKS[format](data)
    except (struct.error, IndexError) as error:
        raise CorruptImage("The picture's header is damaged.") from error
