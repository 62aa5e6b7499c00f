"""JPEG: segments, and scans. Each scan of a progressive picture passes over all of its pixels."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

from gallery.media.structure.parts import Parts

MAX_SEGMENTS = 5_000
# Encoders write about ten; several pictures in one file (MPO) and previews have scans of their own.
MAX_SCANS = 200

_START_OF_SCAN = 0xDA
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}


@dataclass(frozen=True, slots=True)
class Segment:
    """``kind`` is the second byte of its marker; ``start`` and ``end`` are those of its fields."""

    kind: int
    start: int
    end: int


def check(data: bytes | mmap.mmap) -> None:
    for _ in segments(data):
        pass
    scans, position = Parts("scans", MAX_SCANS), data.find(b"\xff\xda")
    while position >= 0:
        scans.add()
        position = data.find(b"\xff\xda", position + 2)


def is_progressive(data: bytes | mmap.mmap) -> bool:
    """Whether the decoder holds all coefficients in memory before it can reduce the picture."""
    return any(segment.kind in _PROGRESSIVE for segment in segments(data))


def segments(data: bytes | mmap.mmap) -> Iterator[Segment]:
    """Those up to the first scan; the last one is its header. Raises ``TooManyParts``."""
    parts, position = Parts("segments", MAX_SEGMENTS), 2
    while position + 4 <= len(data):
        parts.add()
        if data[position] != 0xFF:
            position += 1
            continue
        kind = data[position + 1]
        if kind == 0xFF:  # a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        yield Segment(kind, position + 4, end)
        if kind == _START_OF_SCAN:
            return
        position = end
