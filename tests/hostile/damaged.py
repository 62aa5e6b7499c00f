"""Pictures that have lost some of their bytes, or have wrong ones."""

from __future__ import annotations

import struct
import zlib
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from tests.hostile.parts import png_chunk
from tests.scenes import encoded, photo, quadrants


def truncated_jpeg() -> bytes:
    whole = photo("JPEG", size=(300, 200))
    return whole[: len(whole) * 2 // 3]


def flipped(data: bytes, positions: list[int]) -> bytes:
    """``data`` with one bit flipped in the byte at each position (modulo the length)."""
    damaged = bytearray(data)
    for position in positions:
        damaged[position % len(damaged)] ^= 1 << (position % 8)
    return bytes(damaged)


def noisy_photo(format: str, **options: Any) -> bytes:
    """So many details that the coded pixels have no long run of zeros."""
    values = np.random.default_rng(1).normal(128, 40, (480, 640))
    noise = Image.fromarray(values.clip(0, 255).astype(np.uint8)).convert("RGB")
    return encoded(Image.blend(noise, quadrants(640, 480), 0.5), format, **options)


def with_zeros(data: bytes, count: int) -> bytes:
    """``count`` bytes in the middle of the file are lost."""
    middle = len(data) // 2
    return data[:middle] + bytes(count) + data[middle + count :]


def half_zeroed_png() -> bytes:
    """A PNG whose compressed pixels are zeros from their middle on; decoders find no error.

    Its rows are differences to the row above, most of them 0, which has a code of one bit.
    """
    noise = Random(1)
    first = b"\0" + bytes(noise.randrange(60, 200) for _ in range(900))
    other = b"".join(
        b"\2" + bytes(noise.randrange(6) if noise.random() < 0.1 else 0 for _ in range(900))
        for _ in range(199)
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)
    pixels = packer.compress(first + other) + packer.flush()
    chunk = bytearray(png_chunk(b"IDAT", pixels))
    middle, end = 8 + len(pixels) // 2, 8 + len(pixels)
    chunk[middle:end] = bytes(end - middle)
    return _png_with(bytes(chunk))


def short_png() -> bytes:
    """A PNG with correct checksums whose compressed pixels end after half of the rows."""
    return _png_with(png_chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 900) * 100)))


def black_png() -> bytes:
    """A good PNG of black pixels."""
    return _png_with(png_chunk(b"IDAT", zlib.compress((b"\0" + bytes(900)) * 200)))


def _png_with(pixels: bytes) -> bytes:
    """A PNG of 300 × 200 pixels from its chunks of pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 200, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + png_chunk(b"IEND", b"")
