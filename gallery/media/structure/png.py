"""PNG: a list of chunks. Pillow spends about 10 µs in Python on each."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gallery.media.structure.parts import Parts

MAX_CHUNKS = 50_000
_SIGNATURE = 8


@dataclass(frozen=True, slots=True)
class Chunk:
    """``start`` and ``end`` are the positions of its data; a checksum of 4 bytes follows."""

    name: bytes
    start: int
    end: int


def check(data: bytes | mmap.mmap) -> None:
    for _ in chunks(data):
        pass


def chunks(data: bytes | mmap.mmap) -> Iterator[Chunk]:
    """The chunks up to the end of the picture or of the file. Raises ``TooManyParts``."""
    parts = Parts("chunks", MAX_CHUNKS)
    position = _SIGNATURE
    while position + 12 <= len(data):
        parts.add()
        length, name = struct.unpack_from(">I4s", data, position)
        yield Chunk(name, position + 8, position + 8 + length)
        if name == b"IEND":
            return
        position += length + 12
