"""The limits on the pixels of a picture: checked by its header, and again while it is decoded.

The decoding child imports this module, so it needs neither Django nor Pillow.
"""

from __future__ import annotations

from gallery.core.errors import TooManyPixels

# A side may be longer than any JPEG's only if the other one has a thousandth of its pixels.
_LONG_SIDE, _PROPORTION = 65_535, 1_000

# Bytes per pixel at the peak of the child's memory, and its bytes beside them, as measured with
# pictures of 127 million pixels (decision 0017). HEIC was not measured: it takes AVIF's figure.
_BASE = 120 << 20
_BYTES_PER_PIXEL = {
    "jpeg": 1, "png": 4, "gif": 2, "bmp": 4, "tiff": 4, "webp": 16, "avif": 9, "heic": 9,
}  # fmt: skip
# A progressive JPEG cannot be reduced before all its coefficients are in memory.
_PROGRESSIVE_JPEG = 6


def refuse_too_many_pixels(width: int, height: int, *, limit: int, frames: int = 1) -> None:
    """Raise ``TooManyPixels`` if all frames together have more than ``limit`` pixels.

    A picture of absurd proportions is refused too: each row costs memory beside its pixels, and
    nothing can be seen on its previews.
    """
    short, long = sorted((width, height))
    if long > _LONG_SIDE and long > short * _PROPORTION:
        raise TooManyPixels(
            f"The picture has {width} × {height} pixels: one side is more than {_PROPORTION:,} "
            "times as long as the other.",
            proportion=_PROPORTION,
        )
    if width * height * frames <= limit:
        return
    size = f"{width} × {height}" + (f" × {frames} frames" if frames > 1 else "")
    raise TooManyPixels(
        f"The picture has {size}, more than {limit / 1e6:.4g} million pixels.", limit=limit
    )


def most_pixels(format: str, *, limit: int, memory: int, progressive: bool = False) -> int:
    """As many pixels of this format as a decoder with ``memory`` bytes can hold, or ``limit``."""
    return max(0, min(limit, (memory - _BASE) // _cost(format, progressive)))


def memory_needed(format: str, pixels: int, *, progressive: bool = False) -> int:
    """The memory of a child that decodes a picture, in bytes."""
    return _BASE + pixels * _cost(format, progressive)


def _cost(format: str, progressive: bool) -> int:
    return _PROGRESSIVE_JPEG if progressive and format == "jpeg" else _BYTES_PER_PIXEL[format]
