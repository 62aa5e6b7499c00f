"""TIFF: the chain of directories, each with its entries.

Pillow reads all directories to count the frames, at about 0.5 ms each, and copies the values of
the entries: several entries may point to the same megabytes.
"""

from __future__ import annotations

import mmap
import struct

from gallery.core.errors import CorruptImage
from gallery.media.structure.parts import Parts

MAX_DIRECTORIES = 1_000
MAX_ENTRIES = 50_000

# Pages may share a colour profile, but not so that their fields are many times the file.
_COPIES = 4

# Field type → bytes of one value.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8,
          13: 4, 16: 8, 17: 8, 18: 8}  # fmt: skip


def check(data: bytes | mmap.mmap) -> None:
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    number, entry, offset = ("Q", "HHQQ", "Q") if big else ("H", "HHII", "I")
    number, entry, offset = order + number, order + entry, order + offset
    directories, entries = Parts("directories", MAX_DIRECTORIES), Parts("fields", MAX_ENTRIES)
    bytes_left = len(data) * _COPIES
    (position,) = struct.unpack_from(offset, data, 8 if big else 4)
    while position:
        directories.add()
        (count,) = struct.unpack_from(number, data, position)
        entries.add(count)
        position += struct.calcsize(number)
        for _ in range(count):
            _, kind, length, _ = struct.unpack_from(entry, data, position)
            bytes_left -= _SIZES.get(kind, 0) * length
            position += struct.calcsize(entry)
        if bytes_left < 0:
            raise CorruptImage("The picture is damaged: its fields are many times the file.")
        (position,) = struct.unpack_from(offset, data, position)
