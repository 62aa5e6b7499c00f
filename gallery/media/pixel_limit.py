"""The limit on the pixels of a picture: checked by its header, and again while it is decoded.

The decoding child imports this module, so it needs neither Django nor Pillow.
"""

from __future__ import annotations

from gallery.core.errors import TooManyPixels


def refuse_too_many_pixels(width: int, height: int, *, limit: int, frames: int = 1) -> None:
    """Raise ``TooManyPixels`` if all frames together have more than ``limit`` pixels."""
    if width * height * frames <= limit:
        return
    size = f"{width} × {height}" + (f" × {frames} frames" if frames > 1 else "")
    raise TooManyPixels(
        f"The picture has {size}, more than {limit / 1e6:.4g} million pixels.", limit=limit
    )
