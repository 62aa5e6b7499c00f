"""PNG and APNG: keeps the chunks that decide how the picture looks, and the orientation."""

from __future__ import annotations

import zlib
from collections.abc import Container, Iterator

from gallery.media.decoding_child.stripping.exif import exif_of
from gallery.media.decoding_child.stripping.refusal import CannotStrip
from gallery.media.decoding_child.stripping.zlib_stream import ZlibStream

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Length, name and checksum of a chunk.
_FRAMING = 12
# The lengths that the contents of a chunk may have; a chunk of another length is left out.
_KEPT: dict[bytes, Container[int]] = {
    b"IHDR": {13}, b"PLTE": range(3, 769, 3), b"tRNS": range(1, 257), b"gAMA": {4}, b"cHRM": {32},
    b"sRGB": {1}, b"cICP": {4}, b"mDCV": {24}, b"cLLI": {8}, b"sBIT": range(1, 5),
    b"bKGD": {1, 2, 6}, b"pHYs": {9}, b"acTL": {8}, b"fcTL": {26},
}  # fmt: skip
# Where the compressed pixels begin in the contents: fdAT has a number before them.
_PIXELS_AT = {b"IDAT": 0, b"fdAT": 4}


def strip(data: bytes, orientation: int) -> Iterator[bytes | memoryview]:
    yield _SIGNATURE
    view = memoryview(data)
    pixels = ZlibStream()
    for name, start, end in _chunks(data):
        contents = view[start + 8 : end - 4]
        if name == b"fcTL":
            pixels = ZlibStream()
        if name in _PIXELS_AT:
            length = _PIXELS_AT[name] + pixels.length_in(contents[_PIXELS_AT[name] :])
            whole = length == len(contents)
            yield view[start:end] if whole else _chunk(name, bytes(contents[:length]))
        elif name == b"iCCP":
            yield _chunk(name, _unnamed(bytes(contents)))
        elif name == b"IEND":
            yield _chunk(name, b"")
        elif len(contents) in _KEPT.get(name, ()):
            yield view[start:end]
        if name == b"IHDR" and orientation != 1:
            yield _chunk(b"eXIf", exif_of(orientation))


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name and range of each chunk; nothing behind IEND."""
    position, name = len(_SIGNATURE), b""
    while name != b"IEND":
        end = position + _FRAMING + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            raise CannotStrip
        name = data[position + 4 : position + 8]
        yield name, position, end
        position = end


def _unnamed(profile: bytes) -> bytes:
    """The contents of iCCP without the profile's name, which may be any text."""
    _, separator, rest = profile.partition(b"\0")
    if not separator:
        raise CannotStrip
    # The compression method is one byte; the profile follows.
    return b"ICC profile\0" + rest[: 1 + ZlibStream().length_in(rest[1:])]


def _chunk(name: bytes, contents: bytes) -> bytes:
    checksum = zlib.crc32(name + contents)
    return len(contents).to_bytes(4, "big") + name + contents + checksum.to_bytes(4, "big")
