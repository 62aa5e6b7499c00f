"""sRGB colours as CIELAB, in which a distance is about the difference that people see."""

from __future__ import annotations

import re
from typing import NamedTuple

# IEC 61966-2-1: sRGB to CIE XYZ relative to the white point D65.
_TO_XYZ = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)
# The XYZ of sRGB's white, so that white is exactly L* = 100, a* = b* = 0.
_WHITE = tuple(sum(row) for row in _TO_XYZ)
_HEXADECIMAL = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


class Lab(NamedTuple):
    """L* from 0 (black) to 100 (white), a* from green to red, b* from blue to yellow.

    All colours of sRGB are within a* -87 to 99 and b* -108 to 95. A distance of about 2.3 is just
    noticeable (Mahy et al. 1994).
    """

    lightness: float
    green_red: float
    blue_yellow: float


def lab_of(colour: str) -> Lab:
    """The CIELAB (CIE 15:2004, D65) of a colour such as ``#33aa66``.

    Raises ``ValueError`` for other text.
    """
    if not _HEXADECIMAL.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour such as #33aa66")
    linear = [_linear(value / 255) for value in bytes.fromhex(colour[1:])]
    x, y, z = (
        _compressed(sum(factor * value for factor, value in zip(row, linear, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _linear(value: float) -> float:
    """Light intensity from a channel of sRGB, both 0 to 1 (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _compressed(value: float) -> float:
    """The cube root, with CIE's straight line near black."""
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
