"""PNG and APNG: keeps the chunks that decide how the picture looks, and the orientation."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gallery.media.decoding_child.stripping.exif import exif_of
from gallery.media.decoding_child.stripping.refusal import CannotStrip

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Length, name and checksum of a chunk.
_FRAMING = 12
_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip


def strip(data: bytes, orientation: int) -> Iterator[bytes | memoryview]:
    yield _SIGNATURE
    view = memoryview(data)
    for name, start, end in _chunks(data):
        if name == b"iCCP":
            yield _chunk(name, _unnamed(data[start + 8 : end - 4]))
        elif name in _KEPT:
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
    """The contents of iCCP, in which people's software writes any name before the profile."""
    _, separator, rest = profile.partition(b"\0")
    if not separator:
        raise CannotStrip
    return b"ICC profile\0" + rest


def _chunk(name: bytes, contents: bytes) -> bytes:
    checksum = zlib.crc32(name + contents)
    return len(contents).to_bytes(4, "big") + name + contents + checksum.to_bytes(4, "big")
