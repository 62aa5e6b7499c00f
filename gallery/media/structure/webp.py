"""WebP: chunks of a RIFF file; each frame of an animation is one."""

from __future__ import annotations

import mmap
import struct

from gallery.media.structure.parts import Parts

MAX_CHUNKS = 10_000


def check(data: bytes | mmap.mmap) -> None:
    parts = Parts("chunks", MAX_CHUNKS)
    position = 12
    while position + 8 <= len(data):
        parts.add()
        (length,) = struct.unpack_from("<I", data, position + 4)
        position += 8 + length + length % 2
