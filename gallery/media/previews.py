"""The previews of each picture: WebP, upright, sRGB, without metadata."""

from collections.abc import Mapping
from types import MappingProxyType

# Name → longest side in pixels. A smaller picture is not enlarged.
SIZES: Mapping[str, int] = MappingProxyType({"small": 360, "medium": 800, "large": 1600})


def smallest_showing(width: int, height: int, *, side: int) -> str:
    """Name of the smallest preview whose shorter side has at least ``side`` pixels, else "large".

    ``width`` and ``height`` are the original's. A small preview is decoded four times as fast as
    a medium one.
    """
    ratio = min(width, height) / max(width, height)
    return next((name for name, longest in SIZES.items() if longest * ratio >= side), "large")
