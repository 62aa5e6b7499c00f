"""GIF: blocks, each a list of sub-blocks of at most 255 bytes. Pillow reads all frames to count."""

from __future__ import annotations

import mmap

from gallery.media.structure.parts import Parts

MAX_FRAMES = 10_000
# A file of 64 MB in sub-blocks of full size has 263,000.
MAX_BLOCKS = 300_000

_EXTENSION, _IMAGE = 0x21, 0x2C


def check(data: bytes | mmap.mmap) -> None:
    frames, blocks = Parts("frames", MAX_FRAMES), Parts("blocks", MAX_BLOCKS)
    position = 13 + _table_size(data[10])
    while position < len(data):
        blocks.add()
        kind = data[position]
        if kind == _IMAGE:
            frames.add()
            position += 11 + _table_size(data[position + 9])
        elif kind == _EXTENSION:
            position += 2
        else:  # The trailer, or what no decoder reads.
            return
        while position < len(data) and data[position]:
            blocks.add()
            position += data[position] + 1
        position += 1


def _table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
