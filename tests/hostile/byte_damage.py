"""Damage that knows nothing of the format: cuts, changed, lost and repeated bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

# The bytes in which the formats state sizes and types.
_HEADER = 128
_EXTREMES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff", b"\0\x01", b"\xff\xff\xff\xff",
             b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0")  # fmt: skip


def truncated(data: bytes, random: Random) -> bytes:
    """At any place; often near the end, where decoders have most of the pixels."""
    if random.random() < 0.3:
        return data[: -random.randint(1, 24)]
    return data[: random.randrange(1, len(data))]


def header_bits(data: bytes, random: Random) -> bytes:
    return _flipped(data, random, min(_HEADER, len(data)), random.randint(1, 8))


def body_bits(data: bytes, random: Random) -> bytes:
    return _flipped(data, random, len(data), random.randint(1, 64))


def extreme_numbers(data: bytes, random: Random) -> bytes:
    """A field in the header becomes the least or the greatest number of its width."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 3)):
        start, value = random.randrange(min(_HEADER, len(data))), random.choice(_EXTREMES)
        changed[start : start + len(value)] = value
    return bytes(changed[: len(data)])


def lost_sectors(data: bytes, random: Random) -> bytes:
    """Zeros, other bytes, or nothing in the place of some."""
    start, length = random.randrange(len(data)), random.choice((16, 64, 512, 4096))
    middle = random.choice((bytes(length), random.randbytes(length), b""))
    return data[:start] + middle + data[start + length :]


def repeated_part(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data))
    part = data[start : start + random.choice((8, 64, 512))]
    place = random.randrange(len(data))
    return data[:place] + part * random.randint(1, 200) + data[place:]


def swapped_parts(data: bytes, random: Random) -> bytes:
    one, two, three = sorted(random.sample(range(len(data) + 1), 3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def trailing_bytes(data: bytes, random: Random) -> bytes:
    return data + random.randbytes(random.choice((1, 100, 100_000)))


def _flipped(data: bytes, random: Random, end: int, count: int) -> bytes:
    changed = bytearray(data)
    for _ in range(count):
        changed[random.randrange(end)] ^= 1 << random.randrange(8)
    return bytes(changed)


BYTE_DAMAGE: tuple[Callable[[bytes, Random], bytes], ...] = (
    truncated, header_bits, body_bits, extreme_numbers, lost_sectors, repeated_part, swapped_parts,
    trailing_bytes,
)  # fmt: skip
