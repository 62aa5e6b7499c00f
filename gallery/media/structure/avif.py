"""AVIF: boxes in boxes. The box ``iloc`` says where the bytes of each item are in the file."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

Bytes = bytes | mmap.mmap
Range = tuple[int, int]


def pixel_ranges(data: Bytes) -> list[Range]:
    """Start and end of the coded pixels; none for a sequence, which has no items.

    Raises ``ValueError`` or ``IndexError`` if the boxes do not fit into the file.
    """
    meta = dict(_boxes(data, 0, len(data))).get(b"meta")
    if meta is None:
        return []
    boxes = dict(_boxes(data, meta[0] + 4, meta[1]))
    pictures = _coded_items(data, *boxes[b"iinf"]) if b"iinf" in boxes else set()
    return list(_locations(data, *boxes[b"iloc"], pictures)) if b"iloc" in boxes else []


def _boxes(data: Bytes, position: int, end: int) -> Iterator[tuple[bytes, Range]]:
    while position + 8 <= end:
        size, start = _number(data, position, 4), position + 8
        if size == 1:
            size, start = _number(data, start, 8), position + 16
        stop = position + size if size else end
        if not start <= stop <= end:
            raise ValueError("a box ends outside of the one around it")
        yield bytes(data[position + 4 : position + 8]), (start, stop)
        position = stop


def _coded_items(data: Bytes, start: int, end: int) -> set[int]:
    items = set()
    for name, (entry, _) in _boxes(data, start + (6 if data[start] == 0 else 8), end):
        width = 4 if data[entry] >= 3 else 2
        kind = entry + 4 + width + 2
        if name == b"infe" and data[kind : kind + 4] == b"av01":
            items.add(_number(data, entry + 4, width))
    return items


def _locations(data: Bytes, start: int, end: int, items: set[int]) -> Iterator[Range]:
    version, position = data[start], start + 6
    offsets, lengths = data[start + 4] >> 4, data[start + 4] & 15
    bases, indexes = data[start + 5] >> 4, data[start + 5] & 15 if version else 0
    width = 4 if version == 2 else 2
    count, position = _number(data, position, width), position + width
    for _ in range(count):
        item, position = _number(data, position, width), position + width
        in_file = not version or data[position + 1] & 15 == 0
        position += 4 if version else 2
        base, position = _number(data, position, bases), position + bases
        extents, position = _number(data, position, 2), position + 2
        for _ in range(extents):
            first = base + _number(data, position + indexes, offsets)
            length = _number(data, position + indexes + offsets, lengths)
            position += indexes + offsets + lengths
            if position > end:
                raise ValueError("the locations end outside of their box")
            if item in items and in_file:
                yield first, first + length


def _number(data: Bytes, position: int, width: int) -> int:
    return int.from_bytes(data[position : position + width], "big")
