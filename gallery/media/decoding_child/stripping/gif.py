"""GIF: keeps the frames, their timing, the number of repetitions and the ICC profile."""

from __future__ import annotations

from collections.abc import Iterator

from gallery.media.decoding_child.stripping.refusal import CannotStrip

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_TIMING, _APPLICATION = 0xF9, 0xFF
_REPETITIONS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
_ICC_PROFILE = b"ICCRGBG1012"
_SCREEN_END = 13


def strip(data: bytes, orientation: int) -> Iterator[bytes | memoryview]:
    """A GIF has no orientation. Padding between blocks is left out."""
    view = memoryview(data)
    position = _SCREEN_END + _table_size(data, 10)
    yield view[:position]
    while (kind := _byte(data, position)) != _TRAILER:
        if kind == _IMAGE:
            blocks = position + 10 + _table_size(data, position + 9) + 1
            end = _blocks_end(data, blocks)
            yield view[position:end]
        elif kind == _EXTENSION:
            end = _blocks_end(data, position + 2)
            yield _kept_extension(data, position, end)
        elif kind == 0:
            end = position + 1
        else:
            raise CannotStrip
        position = end
    yield bytes((_TRAILER,))


def _kept_extension(data: bytes, start: int, end: int) -> bytes:
    """The extension for the copy; empty if it is left out."""
    label = data[start + 1]
    if label == _TIMING and data[start + 2] == 4:
        return data[start : start + 7] + b"\0"
    if label == _APPLICATION and data[start + 2] == 11:
        application = data[start + 3 : start + 14]
        if application in _REPETITIONS and data[start + 14 : start + 16] == b"\x03\x01":
            return data[start : start + 18] + b"\0"
        if application == _ICC_PROFILE:
            return data[start:end]
    return b""


def _table_size(data: bytes, flags_at: int) -> int:
    """Bytes of the colour table that the flags announce."""
    flags = _byte(data, flags_at)
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(data: bytes, position: int) -> int:
    """The byte behind a series of blocks: each begins with its length, the last one has none."""
    while length := _byte(data, position):
        position += 1 + length
    return position + 1


def _byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise CannotStrip
    return data[position]
