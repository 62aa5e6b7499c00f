"""Good pictures of every accepted format, from which the corpus makes bad ones."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image

from tests import scenes
from tests.hostile.metadata import jpeg_with_metadata, png_with_metadata, srgb_profile
from tests.hostile.parts import mpo
from tests.scenes import encoded


@cache
def seeds() -> dict[str, tuple[bytes, ...]]:
    """Format → files with different coders, depths and frames. HEIC is recorded."""
    colour, grey = _detailed("RGB"), _detailed("L")
    return {
        "jpeg": (
            encoded(colour, "JPEG"),
            encoded(colour, "JPEG", progressive=True),
            encoded(colour.convert("CMYK"), "JPEG"),
            encoded(grey, "JPEG", quality=30),
            encoded(colour, "JPEG", restart_marker_blocks=2),
            jpeg_with_metadata(),
            mpo(),
        ),
        "png": (
            encoded(colour, "PNG"),
            encoded(_detailed("RGBA"), "PNG"),
            encoded(_sixteen_bits(), "PNG"),
            encoded(colour.convert("P"), "PNG", transparency=3),
            encoded(colour.convert("1"), "PNG"),
            png_with_metadata(),
            _animated("PNG"),
        ),
        "webp": (
            encoded(colour, "WEBP"),
            encoded(_detailed("RGBA"), "WEBP"),
            encoded(colour, "WEBP", lossless=True),
            encoded(colour, "WEBP", icc_profile=srgb_profile(), xmp=b"<x/>"),
            _animated("WEBP"),
        ),
        "gif": (encoded(colour.convert("P"), "GIF"), encoded(grey, "GIF"), _animated("GIF")),
        "bmp": (
            encoded(colour, "BMP"),
            encoded(colour.convert("P"), "BMP"),
            encoded(colour.convert("1"), "BMP"),
            encoded(_detailed("RGBA"), "BMP"),
        ),
        "tiff": (
            encoded(colour, "TIFF"),
            *(
                encoded(colour, "TIFF", compression=name)
                for name in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits")
            ),
            encoded(colour.convert("1"), "TIFF", compression="group4"),
            encoded(_sixteen_bits(), "TIFF"),
            _animated("TIFF"),
        ),
        "avif": (encoded(colour, "AVIF"), encoded(_detailed("RGBA"), "AVIF"), _animated("AVIF")),
        "heic": (scenes.heic(),),
    }


def _detailed(mode: str) -> Image.Image:
    """With shapes and noise, so that the coders have something to do."""
    noise = np.random.default_rng(7).normal(0, 25, (64, 96, 3))
    pixels = np.asarray(scenes.quadrants(96, 64), dtype=float) + noise
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert(mode)


def _sixteen_bits() -> Image.Image:
    return Image.fromarray((np.arange(96 * 64).reshape(64, 96) * 10).astype(np.uint16))


def _animated(format: str) -> bytes:
    first = _detailed("RGB")
    others = [first.transpose(Image.Transpose.FLIP_LEFT_RIGHT), first.rotate(45)]
    file = io.BytesIO()
    first.save(file, format, save_all=True, append_images=others, duration=40)
    return file.getvalue()
