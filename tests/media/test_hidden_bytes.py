"""Bytes of a file that every decoder skips are not in its copy."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from tests.canaries import CANARY, animated_webp
from tests.hostile import srgb_profile
from tests.scenes import encoded, photo, quadrants

Stripped = Callable[[bytes], bytes]

# Pixels that fill more than one piece of the reader.
WIDE = (600, 400)


def chunk(name: bytes, contents: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + contents))
    return struct.pack(">I", len(contents)) + name + contents + checksum


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    pairs, position = [], 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        pairs.append((name, data[position + 8 : position + 8 + length]))
        position += 12 + length
    return pairs


def png_of(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*pair) for pair in pairs)


def shown(data: bytes) -> list[bytes]:
    """The pixels of all frames."""
    with Image.open(io.BytesIO(data)) as image:
        pixels = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            pixels.append(image.convert("RGBA").tobytes())
        return pixels


def noise() -> Image.Image:
    return Image.effect_noise(WIDE, 50).convert("RGB")


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)), (b"bKGD", bytes(6)), (b"sBIT", b"\x08" * 3),
        (b"cLLI", bytes(8)), (b"mDCV", bytes(24)), (b"cICP", b"\x01\x0d\0\x01"),
        (b"gAMA", bytes(4)), (b"tRNS", bytes(256)),
    ],
)  # fmt: skip
def test_an_overlong_png_chunk_is_left_out(
    stripped: Stripped, name: bytes, contents: bytes
) -> None:
    pairs = chunks(photo("PNG"))
    good = png_of([pairs[0], (name, contents[:6] if name == b"tRNS" else contents), *pairs[1:]])
    bad = png_of([pairs[0], (name, contents + CANARY), *pairs[1:]])
    assert name in dict(chunks(stripped(good)))
    assert name not in dict(chunks(stripped(bad)))


def test_the_end_of_a_png_is_empty(stripped: Stripped) -> None:
    pairs = chunks(photo("PNG"))
    copy = stripped(png_of([*pairs[:-1], (b"IEND", CANARY)]))
    assert chunks(copy)[-1] == (b"IEND", b"")


@pytest.mark.parametrize("picture", [quadrants(), noise()], ids=["small", "large"])
def test_nothing_follows_the_pixels_of_a_png(stripped: Stripped, picture: Image.Image) -> None:
    pairs = chunks(encoded(picture))
    pixels = b"".join(contents for name, contents in pairs if name == b"IDAT")
    parts = [pixels[:100], pixels[100:] + CANARY, CANARY * 9]
    data = png_of([pairs[0], *((b"IDAT", part) for part in parts), (b"IEND", b"")])
    copy = stripped(data)
    assert CANARY not in copy
    assert shown(copy) == shown(data)


def test_nothing_follows_the_frames_of_an_apng(stripped: Stripped) -> None:
    whole = encoded(noise(), save_all=True, append_images=[noise(), noise()])
    ends = {b"fcTL", b"IEND"}
    pairs = chunks(whole)
    pairs = [
        (name, contents + CANARY if name in (b"IDAT", b"fdAT") and following in ends else contents)
        for (name, contents), (following, _) in zip(pairs, [*pairs[1:], (b"", b"")], strict=True)
    ]
    data = png_of(pairs)
    assert data.count(CANARY) == 3
    copy = stripped(data)
    assert CANARY not in copy
    assert shown(copy) == shown(whole)


def test_nothing_follows_the_profile_of_a_png(stripped: Stripped) -> None:
    profile = srgb_profile()
    pairs = chunks(photo("PNG", icc_profile=profile))
    data = png_of([(n, c + CANARY if n == b"iCCP" else c) for n, c in pairs])
    copy = stripped(data)
    assert CANARY not in copy
    with Image.open(io.BytesIO(copy)) as image:
        assert image.info["icc_profile"] == profile


def test_a_number_of_lines_has_two_bytes(stripped: Stripped) -> None:
    whole = photo("JPEG")
    lines = struct.pack(">BBHH", 0xFF, 0xDC, 4 + len(CANARY), quadrants().height) + CANARY
    copy = stripped(whole[:-2] + lines + whole[-2:])
    assert CANARY not in copy
    assert struct.pack(">BBHH", 0xFF, 0xDC, 4, quadrants().height) in copy


def test_a_second_jpeg_is_never_copied(stripped: Callable[[bytes], bytes | None]) -> None:
    """Although the first one lacks its end."""
    assert stripped(photo("JPEG")[:-2] + photo("JPEG", size=(90, 70))) is None


def test_the_animation_of_a_webp_has_six_bytes(stripped: Stripped) -> None:
    whole = animated_webp()
    start = whole.index(b"ANIM")
    end = start + 8 + 6
    more = CANARY + b"\0"
    data = whole[:start] + b"ANIM" + struct.pack("<I", 6 + len(more)) + whole[start + 8 : end]
    data += more + whole[end:]
    data = data[:4] + struct.pack("<I", int.from_bytes(data[4:8], "little") + len(more)) + data[8:]
    copy = stripped(data)
    assert CANARY not in copy
    assert shown(copy) == shown(whole)
