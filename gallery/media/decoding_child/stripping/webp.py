"""WebP: keeps the picture or the frames, the ICC profile and the orientation."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gallery.media.decoding_child.stripping.exif import exif_of
from gallery.media.decoding_child.stripping.refusal import CannotStrip

_PICTURE = {b"VP8 ", b"VP8L", b"ALPH"}
_KEPT = _PICTURE | {b"ICCP"}
# Flags in the first byte of VP8X.
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
# A frame begins with its position, size, duration and flags; its chunks follow.
_FRAME_HEADER = 16


def strip(data: bytes, orientation: int) -> Iterator[bytes | memoryview]:
    exif = _chunk(b"EXIF", exif_of(orientation)) if orientation != 1 else b""
    pieces = []
    end_of_file = 8 + int.from_bytes(data[4:8], "little")
    for name, start, end in _chunks(data, 12, min(end_of_file, len(data))):
        if name == b"VP8X":
            pieces.append(_chunk(name, _flagged(data[start:end], exif=bool(exif))))
        elif name == b"ANMF":
            pieces.append(_chunk(name, _frame(data, start, end)))
        elif name == b"ANIM":
            # The background and the number of repetitions.
            pieces.append(_chunk(name, data[start : min(start + 6, end)]))
        elif name in _KEPT:
            pieces.append(_chunk(name, data[start:end]))
    pieces.append(exif)
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, pieces))) + b"WEBP"
    yield from pieces


def _chunks(data: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name and range of the contents of each chunk; a chunk begins at an even byte."""
    while position + 8 <= end:
        name, size = struct.unpack_from("<4sI", data, position)
        start, position = position + 8, position + 8 + size + size % 2
        if start + size > end:
            raise CannotStrip
        yield name, start, start + size


def _flagged(contents: bytes, *, exif: bool) -> bytes:
    if len(contents) < 10:
        raise CannotStrip
    flags = contents[0] & ~(_HAS_EXIF | _HAS_XMP)
    return bytes((flags | _HAS_EXIF if exif else flags,)) + contents[1:10]


def _frame(data: bytes, start: int, end: int) -> bytes:
    inner = (
        _chunk(name, data[first:last])
        for name, first, last in _chunks(data, start + _FRAME_HEADER, end)
        if name in _PICTURE
    )
    return data[start : start + _FRAME_HEADER] + b"".join(inner)


def _chunk(name: bytes, contents: bytes) -> bytes:
    return name + struct.pack("<I", len(contents)) + contents + b"\0" * (len(contents) % 2)
