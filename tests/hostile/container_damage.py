"""Damage of the parts that a file consists of: chunks, segments, blocks, fields, boxes.

Checksums are correct where the container has some, so that the damage reaches the decoder.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from random import Random

from tests.hostile.parts import png_chunk

_SIZES = (0, 1, 7, 255, 256, 4095, 65_535, 1 << 20, (1 << 31) - 1, (1 << 32) - 1)
_TAGS = (256, 257, 258, 259, 273, 277, 278, 279, 322, 324, 330, 347, 34665, 34675)
_TYPES = (b"mdat", b"iloc", b"ispe", b"ipma", b"ipco", b"iprp", b"meta", b"iinf", b"pitm", b"hdlr",
          b"grid", b"iref", b"av1C", b"hvcC", b"moov", b"free")  # fmt: skip


def png_chunks(data: bytes, random: Random) -> bytes:
    """A chunk is lost, repeated, moved, retyped, resized or changed."""
    chunks = _chunks_of_png(data)
    index = random.randrange(len(chunks))
    name, body = chunks[index]
    change = random.randrange(6)
    if change == 0:
        del chunks[index]
    elif change == 1:
        chunks.insert(random.randrange(len(chunks)), (name, body))
    elif change == 2:
        random.shuffle(chunks)
    elif change == 3:
        chunks[index] = (
            random.choice((b"IHDR", b"PLTE", b"tRNS", b"fcTL", b"fdAT", b"iCCP")),
            body,
        )
    elif change == 4:
        chunks[index] = (name, body[: random.randint(0, len(body))])
    else:
        changed = bytearray(body or b"\0")
        changed[random.randrange(len(changed))] = random.choice((0, 1, 3, 127, 255))
        chunks[index] = (name, bytes(changed))
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)
    if random.random() < 0.2:  # a wrong length
        place = 8 + random.randrange(4)
        whole = whole[:place] + random.randbytes(1) + whole[place + 1 :]
    return whole


def jpeg_segments(data: bytes, random: Random) -> bytes:
    """A marker changes its type, its length, its size of the picture, or its table."""
    places = [match.start() for match in re.finditer(rb"\xff[\xc0-\xfe]", data)]
    place = random.choice(places)
    changed = bytearray(data)
    change = random.randrange(5)
    if change == 0:
        changed[place + 1] = random.randint(0xC0, 0xFE)
    elif change == 1:
        changed[place + 2 : place + 4] = struct.pack(">H", random.choice(_SIZES) & 0xFFFF)
    elif change == 2:
        frame = re.search(rb"\xff[\xc0-\xc2]", data)
        start = (frame.start() if frame else place) + 5
        size = (random.choice(_SIZES) & 0xFFFF, random.choice(_SIZES) & 0xFFFF)
        changed[start : start + 4] = struct.pack(">HH", *size)
    elif change == 3:
        for _ in range(random.randint(1, 8)):
            changed[min(place + 2 + random.randrange(40), len(changed) - 1)] = random.randrange(256)
    else:
        changed[place:place] = changed[place : place + random.randint(2, 300)]
    return bytes(changed)


def gif_blocks(data: bytes, random: Random) -> bytes:
    """Sizes of screen and frames, the width of the codes, the lengths of blocks."""
    changed = bytearray(data)
    frames = [match.start() for match in re.finditer(rb",(?=........[\x00-\xff])", data, re.S)]
    change = random.randrange(4)
    if change == 0:
        changed[6:10] = struct.pack("<HH", *(random.choice(_SIZES) & 0xFFFF for _ in range(2)))
    elif change == 1:
        changed[10] = random.randrange(256)
    elif change == 2:
        place = random.choice(frames)
        numbers = (random.choice(_SIZES) & 0xFFFF for _ in range(4))
        changed[place + 1 : place + 9] = struct.pack("<4H", *numbers)
    else:
        place = random.choice(frames) + 10
        changed[place : place + 2] = bytes(
            (random.choice((0, 1, 12, 13, 255)), random.randrange(256))
        )
    return bytes(changed)


def webp_chunks(data: bytes, random: Random) -> bytes:
    """Lengths of chunks, flags, the size of canvas and frames."""
    changed = bytearray(data)
    change = random.randrange(4)
    if change == 0:
        changed[4:8] = struct.pack("<I", random.choice(_SIZES))
    elif change == 1:
        changed[16:20] = struct.pack("<I", random.choice(_SIZES))
    elif change == 2:
        for _ in range(random.randint(1, 4)):
            changed[20 + random.randrange(12)] = random.randrange(256)
    else:
        kinds = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF")
        changed[12:16] = random.choice(kinds)
    return bytes(changed)


def bmp_header(data: bytes, random: Random) -> bytes:
    """Widths, depths, compressions and palettes that contradict each other."""
    changed = bytearray(data)
    fields = ((10, "<I"), (14, "<I"), (18, "<I"), (22, "<I"), (26, "<H"), (28, "<H"), (30, "<I"),
              (34, "<I"), (46, "<I"))  # fmt: skip
    for _ in range(random.randint(1, 3)):
        start, kind = random.choice(fields)
        value = random.choice((*_SIZES, 2, 3, 4, 8, 16, 24, 32)) & (0xFFFF if kind == "<H" else -1)
        changed[start : start + struct.calcsize(kind)] = struct.pack(kind, value)
    return bytes(changed)


def tiff_fields(data: bytes, random: Random) -> bytes:
    """Fields of the first directory: other tags, types, counts and offsets; and cycles."""
    order = "<" if data[:2] == b"II" else ">"
    changed = bytearray(data)
    (start,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, start)
    for _ in range(random.randint(1, 3)):
        field = start + 2 + 12 * random.randrange(count)
        if field + 12 > len(data):
            continue
        change = random.randrange(5)
        if change == 0:
            struct.pack_into(order + "H", changed, field, random.choice(_TAGS))
        elif change == 1:
            struct.pack_into(order + "H", changed, field + 2, random.randrange(20))
        elif change == 2:
            struct.pack_into(order + "I", changed, field + 4, random.choice(_SIZES))
        elif change == 3:
            struct.pack_into(order + "I", changed, field + 8, random.choice((*_SIZES, start)))
        else:  # the directory is its own successor
            end = start + 2 + 12 * count
            if end + 4 <= len(data):
                struct.pack_into(order + "I", changed, end, start)
    return bytes(changed)


def boxes(data: bytes, random: Random) -> bytes:
    """Boxes of AVIF and HEIC: sizes, types, properties, and numbers inside of them."""
    places = [match.start() for name in _TYPES for match in re.finditer(name, data)]
    place = random.choice(places)
    changed = bytearray(data)
    change = random.randrange(4)
    if change == 0:
        changed[place - 4 : place] = struct.pack(">I", random.choice(_SIZES))
    elif change == 1:
        changed[place : place + 4] = random.choice(_TYPES)
    elif change == 2 and b"ispe" in data:
        start = data.index(b"ispe") + 8
        size = (random.choice(_SIZES), random.choice(_SIZES))
        changed[start : start + 8] = struct.pack(">II", *size)
    else:
        for _ in range(random.randint(1, 6)):
            changed[min(place + 4 + random.randrange(40), len(data) - 1)] = random.randrange(256)
    return bytes(changed)


def _chunks_of_png(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += length + 12
    return chunks


CONTAINER_DAMAGE: dict[str, Callable[[bytes, Random], bytes]] = {
    "png": png_chunks, "jpeg": jpeg_segments, "gif": gif_blocks, "webp": webp_chunks,
    "bmp": bmp_header, "tiff": tiff_fields, "avif": boxes, "heic": boxes,
}  # fmt: skip
