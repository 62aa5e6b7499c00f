"""The previews every picture gets: WebP, upright, sRGB, without metadata."""

from collections.abc import Mapping
from types import MappingProxyType

# Longest side in pixels; a smaller picture is never enlarged.
SIZES: Mapping[str, int] = MappingProxyType({"small": 360, "medium": 800, "large": 1600})

MIME_TYPE = "image/webp"
