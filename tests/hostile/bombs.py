"""Pictures that would take much memory or time to decode."""

from __future__ import annotations

import struct
import zlib
from random import Random

from PIL import Image

from tests.hostile.parts import png_chunk
from tests.scenes import encoded


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of under 100 bytes whose header states the given size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    end = png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + end


def bomb_png(side: int) -> bytes:
    """A valid PNG of side × side black pixels; the file has about a thousandth as many bytes."""
    row = bytes(side // 8 + 1)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in chunks)


def deep_png(side: int) -> bytes:
    """A valid PNG of side × side black pixels with four channels of 16 bits."""
    row = bytes(side * 8 + 1)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in chunks)


def gif_of_frames(count: int, side: int = 400) -> bytes:
    """A GIF of ``count`` frames of one pixel each on a screen of side × side."""
    first = encoded(Image.new("P", (side, side)), "GIF")[:-1]
    rectangle = struct.pack("<HHHH", 0, 0, 1, 1)
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"," + rectangle + b"\0\x02\x02D\x01\0"
    return first + frame * count + b";"


def slow_jpeg() -> bytes:
    """A small progressive JPEG of 64 million pixels with as many scans as are allowed."""
    data = encoded(Image.new("L", (8000, 8000), 99), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * 150 + data[-2:]


def slow_tiff(seed: int = 1) -> bytes:
    """A TIFF of 12.5 million pixels in a file of 1.2 MB that takes 40 seconds to decode.

    All of its strips are the same bytes: a progressive JPEG of noise whose last scan is repeated,
    as often as libtiff permits.
    """
    width, rows, strips = 11_200, 8, 1_400
    noise = Image.frombytes("L", (width, rows), Random(seed).randbytes(width * rows))
    once = encoded(noise, "JPEG", progressive=True, quality=95)
    strip = once[:-2] + once[once.rindex(b"\xff\xda") : -2] * 90 + once[-2:]
    offsets = 8 + 2 + 12 * 9 + 4
    data = offsets + 8 * strips
    fields = [(256, 4, 1, width), (257, 4, 1, rows * strips), (258, 3, 1, 8), (259, 3, 1, 7),
              (262, 3, 1, 1), (273, 4, strips, offsets), (277, 3, 1, 1), (278, 4, 1, rows),
              (279, 4, strips, offsets + 4 * strips)]  # fmt: skip
    directory = struct.pack("<H", 9) + b"".join(struct.pack("<HHII", *field) for field in fields)
    addresses = struct.pack("<I", data) * strips + struct.pack("<I", len(strip)) * strips
    return b"II*\0\x08\0\0\0" + directory + bytes(4) + addresses + strip
