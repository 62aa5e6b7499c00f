"""Pictures of very many parts: chunks, directories, segments, scans, boxes."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from tests.scenes import encoded, heic, photo, quadrants


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def heic_behind_boxes(count: int) -> bytes:
    """A valid HEIC file with ``count`` empty boxes before the box that states its size."""
    valid = heic()
    brand_end = int.from_bytes(valid[:4], "big")
    return valid[:brand_end] + (struct.pack(">I", 8) + b"free") * count + valid[brand_end:]


def mpo() -> bytes:
    """Two pictures in one JPEG file (Multi-Picture Object), as some cameras write."""
    file = io.BytesIO()
    quadrants().save(file, "MPO", save_all=True, append_images=[quadrants()])
    return file.getvalue()


def tiff_of_directories(count: int, *, shared: int = 0) -> bytes:
    """A TIFF with ``count`` directories of one 8 × 8 picture.

    With ``shared``, each directory has a field of so many bytes, and all fields are the same bytes.
    """
    size = 2 + 12 * 10 + 4
    pixels = 8 + count * size
    fields = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
              (273, 4, 1, pixels), (277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 64),
              (65000, 1, shared or 4, pixels if shared else 0)]  # fmt: skip
    directory = struct.pack("<H", 10) + b"".join(struct.pack("<HHII", *field) for field in fields)
    starts = [*(8 + number * size for number in range(1, count)), 0]
    directories = b"".join(directory + struct.pack("<I", start) for start in starts)
    return b"II*\0\x08\0\0\0" + directories + bytes(max(64, shared))


def png_of_chunks(count: int) -> bytes:
    """A good PNG behind ``count`` empty comments."""
    data = photo("PNG")
    return data[:33] + png_chunk(b"tEXt", b"a\0") * count + data[33:]


def gif_of_blocks(count: int) -> bytes:
    """A GIF with a comment of ``count`` bytes in blocks of one byte each."""
    data = encoded(Image.new("P", (8, 8)), "GIF")
    return data[:-1] + b"\x21\xfe" + b"\x01x" * count + b"\0;"


def webp_of_chunks(count: int) -> bytes:
    data = photo("WEBP") + b"junk\0\0\0\0" * count
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def jpeg_of_segments(count: int) -> bytes:
    data = photo("JPEG")
    return data[:2] + b"\xff\xfe\0\x02" * count + data[2:]


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    data = photo("JPEG", size=(64, 64), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * count + data[-2:]
