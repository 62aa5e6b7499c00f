"""Blocks of a disk or a download that were lost and are zeros, where no encoder writes them.

Decoders go on and smear the rest of the picture. A run of 512 zeros (a sector) is no sign in WebP,
BMP, GIF and TIFF files: even surfaces have longer ones.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable

from gallery.media.structure import avif, jpeg

Bytes = bytes | mmap.mmap

_LOST = bytes(512)
_NOT_ZERO = re.compile(rb"[^\0]")

_HUFFMAN_TABLES, _START_OF_SCAN = 0xC4, 0xDA
_SEQUENTIAL = {0xC0, 0xC1}
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def in_avif(data: Bytes) -> bool:
    """The longest run of zeros in 30 even and noisy pictures of libaom was 16 bytes."""
    try:
        ranges = avif.pixel_ranges(data)
    except (ValueError, IndexError):
        return False  # The decoder has read the picture all the same.
    return any(data.find(_LOST, start, end) >= 0 for start, end in ranges)


def in_jpeg(data: Bytes) -> bool:
    """Sequential files: restart markers out of order, or zeros that are no even surface."""
    segments = list(jpeg.segments(data))
    if not any(segment.kind in _SEQUENTIAL for segment in segments):
        return False
    start = segments[-1].end
    marker = _END_OF_SCAN.search(data, start)
    end = marker.start() if marker else len(data)
    for count, restart in enumerate(_RESTART.finditer(data, start, end)):
        if restart.group()[1] & 7 != count & 7:
            return True
    zeros = data.find(_LOST, start, end) if _zeros_are_values(data, segments) else -1
    # Zeros up to the end of the scan are padding.
    return zeros >= 0 and _NOT_ZERO.search(data, zeros, end) is not None


def _zeros_are_values(data: Bytes, segments: list[jpeg.Segment]) -> bool:
    """Whether the code of zeros stands for a coefficient of the first component (T.81, annex C).

    Otherwise zeros may say that the blocks of an even surface end at once.
    """
    first_symbols = {}
    for segment in segments:
        position = segment.start
        while segment.kind == _HUFFMAN_TABLES and position + 17 < segment.end:
            first_symbols[data[position]] = data[position + 17]
            position += 17 + sum(data[position + 1 : position + 17])
    scan = segments[-1]
    if scan.kind != _START_OF_SCAN:
        return False
    table = 0x10 | data[scan.start + 2] & 15
    return bool(first_symbols.get(table, 0) & 15)


SIGNS: dict[str, Callable[[Bytes], bool]] = {"jpeg": in_jpeg, "avif": in_avif}
