"""JPEG: keeps the segments that decoders need, the ICC profile and the orientation.

The markers are those of ITU-T T.81, table B.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.media.decoding_child.stripping.exif import exif_of
from gallery.media.decoding_child.stripping.refusal import CannotStrip

_SOI, _EOI, _SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
_APP0, _APP2, _APP14, _DNL = 0xE0, 0xE2, 0xEE, 0xDC
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
# Frames and tables: SOF0 to SOF15 with DHT and DAC between them, DQT, DNL, DRI, DHP, EXP.
_DECODING = {*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDB, _DNL, 0xDD, 0xDE, 0xDF}
# In coded data, 0xFF is followed by 0 or by a restart marker.
_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_MARKER = re.compile(rb"\xff([\x01-\xfe])")


def strip(data: bytes, orientation: int) -> Iterator[bytes | memoryview]:
    """Only the first picture of a file of several (MPO) is kept; nothing behind it."""
    yield _SOI
    exif = _segment(0xE1, b"Exif\0\0" + exif_of(orientation)) if orientation != 1 else b""
    for marker, start, end in _segments(data):
        segment = _kept_segment(marker, data, start, end)
        if not segment:
            continue
        if marker != _APP0 and exif:
            yield exif
            exif = b""
        yield segment
    yield _EOI


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, and the range of the contents behind the length; for SOS, the coded data too.

    Without EOI, nothing tells coded data from what was appended to the file.
    """
    position = len(_SOI)
    while (match := _MARKER.search(data, position)) is not None:
        marker, position = match[1][0], match.end()
        if marker == _EOI[1]:
            return
        if marker == _SOI[1]:
            break
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[position : position + 2], "big")
        end = position + length
        if length < 2 or end > len(data):
            raise CannotStrip
        if marker == _SOS:
            behind = _END_OF_SCAN.search(data, end)
            if behind is None:
                break
            end = behind.start()
        yield marker, position + 2, end
        position = end
    raise CannotStrip


def _kept_segment(marker: int, data: bytes, start: int, end: int) -> bytes | memoryview:
    """The segment for the copy; empty if it is left out."""
    if marker == _DNL:
        # The number of lines.
        return _segment(marker, data[start : min(start + 2, end)])
    if marker == _SOS or marker in _DECODING:
        return memoryview(data)[start - 4 : end]
    if marker == _APP0 and data.startswith(b"JFIF\0", start) and end - start >= 14:
        # Without its thumbnail: the last two bytes are the thumbnail's width and height.
        return _segment(marker, data[start : start + 12] + b"\0\0")
    if marker == _APP2 and data.startswith(b"ICC_PROFILE\0", start):
        return memoryview(data)[start - 4 : end]
    if marker == _APP14 and data.startswith(b"Adobe", start) and end - start >= 12:
        # How the colours are encoded.
        return _segment(marker, data[start : start + 12])
    return b""


def _segment(marker: int, contents: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(contents) + 2).to_bytes(2, "big") + contents
