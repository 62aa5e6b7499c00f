"""Malicious and damaged files, made by code. Each function returns the bytes of a file."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.scenes import encoded, heic, photo, quadrants

CANARY = "canary-7f3a"

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = b"This is only a text file that was renamed.\n"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

_GPS = {1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(12)), 29: CANARY}


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of under 100 bytes whose header states the given size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    end = _png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + _png_chunk(b"IDAT", pixels) + end


def bomb_png(side: int) -> bytes:
    """A valid PNG of side × side black pixels; the file has about a thousandth as many bytes."""
    row = bytes(side // 8 + 1)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in chunks)


def deep_png(side: int) -> bytes:
    """A valid PNG of side × side black pixels with four channels of 16 bits."""
    row = bytes(side * 8 + 1)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in chunks)


def gif_of_frames(count: int, side: int = 400) -> bytes:
    """A GIF of ``count`` frames of one pixel each on a screen of side × side."""
    first = encoded(Image.new("P", (side, side)), "GIF")[:-1]
    rectangle = struct.pack("<HHHH", 0, 0, 1, 1)
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"," + rectangle + b"\0\x02\x02D\x01\0"
    return first + frame * count + b";"


def truncated_jpeg() -> bytes:
    whole = photo("JPEG", size=(300, 200))
    return whole[: len(whole) * 2 // 3]


def heic_behind_boxes(count: int) -> bytes:
    """A valid HEIC file with ``count`` empty boxes before the box that states its size."""
    valid = heic()
    brand_end = int.from_bytes(valid[:4], "big")
    return valid[:brand_end] + (struct.pack(">I", 8) + b"free") * count + valid[brand_end:]


def jpeg_with_metadata() -> bytes:
    """A JPEG with GPS, owner, serial number, comments and XMP that contain ``CANARY``."""
    exif = exif_of(
        Make="Contoso",
        Model="Contoso X100",
        Artist=CANARY,
        ImageDescription=CANARY,
        UserComment=CANARY.encode(),
        BodySerialNumber=CANARY,
        MakerNote=CANARY.encode(),
        LensModel="Contoso 35 mm f/2",
        ExposureTime=IFDRational(1, 250),
        FNumber=IFDRational(28, 10),
        ISOSpeedRatings=200,
        FocalLength=IFDRational(35),
        DateTimeOriginal="2021:05:06 07:08:09",
        OffsetTimeOriginal="+02:00",
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(_GPS)
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    return photo("JPEG", exif=exif, comment=CANARY.encode(), xmp=xmp, icc_profile=srgb_profile())


def exif_of(**tags: Any) -> Image.Exif:
    """EXIF with these tags, given by name, each in the directory it belongs to."""
    exif = Image.Exif()
    for name, value in tags.items():
        first = name in {"Make", "Model", "Artist", "ImageDescription", "Orientation"}
        directory = exif if first else exif.get_ifd(ExifTags.IFD.Exif)
        directory[ExifTags.Base[name]] = value
    return exif


def png_with_metadata() -> bytes:
    text = PngInfo()
    text.add_text("Comment", CANARY)
    text.add_itxt("XML:com.adobe.xmp", CANARY, zip=True)
    return photo("PNG", pnginfo=text, icc_profile=srgb_profile())


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def linear_profile() -> bytes:
    """sRGB's primaries with a linear tone curve: the same values mean lighter colours."""
    profile = bytearray(srgb_profile())
    curve = struct.pack(">5i", *(round(value * 65536) for value in (1, 1, 0, 1, 0)))
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        name, offset, _ = struct.unpack_from(">4sII", profile, entry)
        if name.endswith(b"TRC"):
            assert profile[offset : offset + 10] == b"para\0\0\0\0\0\x03"
            profile[offset + 12 : offset + 32] = curve
    return bytes(profile)


def jpeg_with_broken_exif() -> bytes:
    return photo("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(range(40)))


def mpo() -> bytes:
    """Two pictures in one JPEG file (Multi-Picture Object), as some cameras write."""
    file = io.BytesIO()
    quadrants().save(file, "MPO", save_all=True, append_images=[quadrants()])
    return file.getvalue()


def flipped(data: bytes, positions: list[int]) -> bytes:
    """``data`` with one bit flipped in the byte at each position (modulo the length)."""
    damaged = bytearray(data)
    for position in positions:
        damaged[position % len(damaged)] ^= 1 << (position % 8)
    return bytes(damaged)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


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
    return data[:33] + _png_chunk(b"tEXt", b"a\0") * count + data[33:]


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


def slow_jpeg() -> bytes:
    """A small progressive JPEG of 64 million pixels with as many scans as are allowed."""
    data = encoded(Image.new("L", (8000, 8000), 99), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * 150 + data[-2:]


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
    chunk = bytearray(_png_chunk(b"IDAT", pixels))
    middle, end = 8 + len(pixels) // 2, 8 + len(pixels)
    chunk[middle:end] = bytes(end - middle)
    return _png_with(bytes(chunk))


def short_png() -> bytes:
    """A PNG with correct checksums whose compressed pixels end after half of the rows."""
    return _png_with(_png_chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 900) * 100)))


def black_png() -> bytes:
    """A good PNG of black pixels."""
    return _png_with(_png_chunk(b"IDAT", zlib.compress((b"\0" + bytes(900)) * 200)))


def _png_with(pixels: bytes) -> bytes:
    """A PNG of 300 × 200 pixels from its chunks of pixels."""
    header = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 200, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + _png_chunk(b"IEND", b"")


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
