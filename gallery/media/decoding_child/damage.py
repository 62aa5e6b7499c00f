"""Whether a picture that could be decoded is damaged all the same.

Only PNG files have checksums over their pixels, and Pillow does not compare them. It takes a
stream that ends early for a picture whose last rows are black. In JPEG and AVIF files,
``lost_blocks`` looks for what no encoder writes. Other formats are as whole as their decoder says.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator

from PIL import Image

from gallery.media.decoding_child import lost_blocks
from gallery.media.structure import png

_STEP = 1 << 20


def is_damaged(data: bytes | mmap.mmap, format: str, image: Image.Image) -> bool:
    """``image`` is the decoded picture of ``data``."""
    if format in lost_blocks.SIGNS:
        return lost_blocks.SIGNS[format](data)
    if format != "png":
        return False
    if any(not _is_whole(data, chunk) for chunk in _pixel_chunks(data)):
        return True
    return _ends_blank(image) and _stream_is_short(data, image)


def _pixel_chunks(data: bytes | mmap.mmap) -> Iterator[png.Chunk]:
    return (chunk for chunk in png.chunks(data) if chunk.name == b"IDAT")


def _is_whole(data: bytes | mmap.mmap, chunk: png.Chunk) -> bool:
    checksum = zlib.crc32(chunk.name)
    for start in range(chunk.start, chunk.end, _STEP):
        checksum = zlib.crc32(data[start : min(start + _STEP, chunk.end)], checksum)
    return checksum.to_bytes(4, "big") == data[chunk.end : chunk.end + 4]


def _ends_blank(image: Image.Image) -> bool:
    """Whether the last two rows are as Pillow leaves rows that it did not decode.

    Two, because an interlaced file has one of them in its last pass.
    """
    rows = [image.crop((0, y, image.width, y + 1)) for y in range(image.height)[-2:]]
    return any(row.getbbox(alpha_only=False) is None for row in rows)


def _stream_is_short(data: bytes | mmap.mmap, image: Image.Image) -> bool:
    """Whether the compressed data end before they have all rows.

    An interlaced file has a few bytes more than ``least``, a byte for each row of each pass.
    """
    bits = data[24] * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(data[25], 1)
    least = image.height * (1 + image.width * bits // 8)
    stream = zlib.decompressobj()
    count = 0
    for chunk in _pixel_chunks(data):
        pending = data[chunk.start : chunk.end]
        while pending and not stream.eof:
            count += len(stream.decompress(pending, _STEP))
            pending = stream.unconsumed_tail
    return count < least
