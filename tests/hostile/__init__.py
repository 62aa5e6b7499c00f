"""Malicious and damaged files, made by code. Each function returns the bytes of a file."""

from tests.hostile.bombs import (
    bomb_png,
    deep_png,
    gif_of_frames,
    png_claiming,
    slow_jpeg,
    slow_tiff,
)
from tests.hostile.damaged import (
    black_png,
    flipped,
    half_zeroed_png,
    noisy_photo,
    short_png,
    truncated_jpeg,
    with_zeros,
)
from tests.hostile.metadata import (
    CANARY,
    exif_of,
    jpeg_with_broken_exif,
    jpeg_with_metadata,
    linear_profile,
    png_with_metadata,
    srgb_profile,
)
from tests.hostile.others import (
    HTML,
    PDF,
    SVG,
    TEXT,
)
from tests.hostile.parts import (
    gif_of_blocks,
    heic_behind_boxes,
    jpeg_of_scans,
    jpeg_of_segments,
    mpo,
    png_of_chunks,
    tiff_of_directories,
    webp_of_chunks,
)

__all__ = [
    "CANARY",
    "HTML",
    "PDF",
    "SVG",
    "TEXT",
    "black_png",
    "bomb_png",
    "deep_png",
    "exif_of",
    "flipped",
    "gif_of_blocks",
    "gif_of_frames",
    "half_zeroed_png",
    "heic_behind_boxes",
    "jpeg_of_scans",
    "jpeg_of_segments",
    "jpeg_with_broken_exif",
    "jpeg_with_metadata",
    "linear_profile",
    "mpo",
    "noisy_photo",
    "png_claiming",
    "png_of_chunks",
    "png_with_metadata",
    "short_png",
    "slow_jpeg",
    "slow_tiff",
    "srgb_profile",
    "tiff_of_directories",
    "truncated_jpeg",
    "webp_of_chunks",
    "with_zeros",
]
