"""Files that carry something: bombs, two formats at once, metadata inside of metadata."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

from PIL import ExifTags, Image

from tests.hostile.bombs import bomb_png, deep_png, gif_of_frames, png_claiming
from tests.hostile.metadata import srgb_profile
from tests.hostile.others import HTML, PDF, SVG, TEXT
from tests.hostile.parts import (
    gif_of_blocks,
    jpeg_of_scans,
    jpeg_of_segments,
    png_chunk,
    png_of_chunks,
    tiff_of_directories,
    webp_of_chunks,
)
from tests.scenes import encoded, photo, quadrants

_SIDES = (1, 2, 30_000, 65_535, 100_000, (1 << 31) - 1)
_PAYLOADS = (HTML, SVG, PDF, TEXT, b"PK\x03\x04" + bytes(60), b"<?php system($_GET[0]); ?>",
             b"\x7fELF" + bytes(60), b"%!PS\n(x) run\n")  # fmt: skip


def bomb(random: Random) -> bytes:
    """Few bytes that claim, or have, many pixels, frames or parts."""
    count = random.randint(1000, 4000)
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: png_claiming(random.choice(_SIDES), random.choice(_SIDES)),
        lambda: _gif_claiming(random.choice(_SIDES), random.choice(_SIDES)),
        lambda: _bmp_claiming(random.choice(_SIDES), random.choice(_SIDES)),
        lambda: bomb_png(random.randint(1000, 4000)),
        lambda: deep_png(random.randint(200, 1500)),
        lambda: gif_of_frames(count),
        lambda: tiff_of_directories(count, shared=random.choice((0, 100_000))),
        lambda: png_of_chunks(count),
        lambda: gif_of_blocks(count),
        lambda: webp_of_chunks(count),
        lambda: jpeg_of_segments(count),
        lambda: jpeg_of_scans(random.randint(2, 300)),
        lambda: _text_bomb(random.randint(1, 40) << 20),
        lambda: _profile_bomb(random.randint(1, 40) << 20),
    )
    return random.choice(makers)()


def polyglot(random: Random) -> bytes:
    """A picture that is also another file, or another file with a picture's name and beginning."""
    name = random.choice(("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF"))
    picture, payload = photo(name, size=(96, 64)), random.choice(_PAYLOADS)
    change = random.randrange(4)
    if change == 0:
        return picture + payload
    if change == 1:
        return payload + picture
    if change == 2:
        return picture[: random.randint(4, 40)] + payload
    middle = len(picture) // 2
    return picture[:middle] + payload + picture[middle:]


def nested_metadata(random: Random) -> bytes:
    """EXIF, XMP and profiles that point to themselves, claim too much, or are other files."""
    exif, xmp = _hostile_exif(random), _hostile_xmp(random)
    profile = srgb_profile()
    start = random.randrange(len(profile))
    profile = profile[:start] + random.randbytes(random.randint(1, 60)) + profile[start:]
    format = random.choice(("JPEG", "PNG", "WEBP", "TIFF", "AVIF"))
    options: dict[str, object] = {"icc_profile": profile}
    if format in ("JPEG", "WEBP", "PNG"):
        options["exif"] = exif
    if format in ("JPEG", "WEBP", "AVIF"):
        options["xmp"] = xmp[:60_000]
    return encoded(quadrants(96, 64), format, **options)


def odd_animation(random: Random) -> bytes:
    """Frames outside of the canvas, of other sizes, without pixels, or with odd times."""
    frames = [Image.new("P", (random.randint(1, 90), random.randint(1, 60)), random.randrange(200))
              for _ in range(random.randint(2, 12))]  # fmt: skip
    durations = [random.choice((0, 1, 40, 65_535)) for _ in frames]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=durations)
    changed = bytearray(data)
    for place in (index for index, byte in enumerate(data[:-9]) if byte == 0x2C):
        if random.random() < 0.3:
            numbers = (random.choice((0, 1, 60, 90, 65_535)) for _ in range(4))
            changed[place + 1 : place + 9] = struct.pack("<4H", *numbers)
    return bytes(changed)


def _hostile_exif(random: Random) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = random.choice((0, 1, 3, 6, 8, 9, 255))
    exif[ExifTags.Base.Make] = "x" * random.choice((0, 1, 5000))
    exif[ExifTags.Base.ImageDescription] = random.choice(("\0", "é" * 99, "<script>", "a\x1b[2J"))
    data = bytearray(exif.tobytes())
    for _ in range(random.randint(0, 6)):
        place = random.randrange(6, len(data))
        data[place] = random.choice((0, 8, 255, random.randrange(256)))
    if random.random() < 0.3:  # the directory's successor is itself
        data[-4:] = struct.pack(">I", 8)
    return bytes(data)


def _hostile_xmp(random: Random) -> bytes:
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 10)
    )
    documents = (
        b'<!DOCTYPE x [<!ENTITY e0 "lol">' + entities + b"]><x>&e9;</x>",
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        b"<x:xmpmeta>" + b"<a>" * random.randint(10, 15_000),
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Bag>" + random.randbytes(200),
        b"\xff\xfe<\0x\0",
    )
    return random.choice(documents)


def _text_bomb(size: int) -> bytes:
    """A compressed text in a PNG."""
    return _png_with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size), 9))


def _profile_bomb(size: int) -> bytes:
    return _png_with_chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(size), 9))


def _png_with_chunk(name: bytes, body: bytes) -> bytes:
    data = photo("PNG", size=(96, 64))
    return data[:33] + png_chunk(name, body) + data[33:]


def _gif_claiming(width: int, height: int) -> bytes:
    data = bytearray(photo("GIF"))
    data[6:10] = struct.pack("<HH", width & 0xFFFF, height & 0xFFFF)
    return bytes(data)


def _bmp_claiming(width: int, height: int) -> bytes:
    data = bytearray(photo("BMP"))
    data[18:26] = struct.pack("<II", width, height)
    return bytes(data)


PLANTED: tuple[Callable[[Random], bytes], ...] = (bomb, polyglot, nested_metadata, odd_animation)
