"""How long an original may take to decode (decision 0021)."""

from __future__ import annotations

import math

from gallery.core.config import config

# Twice the CPU time of the slowest usual pictures, PNG of photographs, on a machine of 2 cores.
_SECONDS, _SECONDS_PER_MEGAPIXEL = 2.0, 0.1
# Of a file whose header states no size.
_UNKNOWN_MEGAPIXELS = 24.0
# A decoder that gives way to others gets its CPU time later.
_WALL_FACTOR = 4


def usual_seconds(size: tuple[int, int] | None) -> int:
    """CPU time of a usual picture of this width and height, for the first attempt."""
    megapixels = size[0] * size[1] / 1e6 if size else _UNKNOWN_MEGAPIXELS
    usual = math.ceil(_SECONDS + _SECONDS_PER_MEGAPIXEL * megapixels)
    return min(usual, config().decode_seconds)


def wall_seconds() -> int:
    """Wall time of any attempt."""
    return config().decode_seconds * _WALL_FACTOR
