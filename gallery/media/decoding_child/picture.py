"""Decodes foreign bytes to one upright sRGB picture."""

from __future__ import annotations

import importlib
import io
import mmap
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from gallery.core.errors import CorruptImage
from gallery.media.decoding_child import colours, damage, limits, metadata, reduction
from gallery.media.dimensions import dimensions
from gallery.media.limits.pixel_limit import most_pixels, refuse_too_many_pixels
from gallery.media.sniff import HEAD_SIZE
from gallery.media.structure import check

# Format → (Pillow's name of it, the plugin to import). No other format is tried on the bytes.
_PLUGINS = {
    "jpeg": ("JPEG", "PIL.JpegImagePlugin"),
    "png": ("PNG", "PIL.PngImagePlugin"),
    "webp": ("WEBP", "PIL.WebPImagePlugin"),
    "gif": ("GIF", "PIL.GifImagePlugin"),
    "bmp": ("BMP", "PIL.BmpImagePlugin"),
    "tiff": ("TIFF", "PIL.TiffImagePlugin"),
    "avif": ("AVIF", "PIL.AvifImagePlugin"),
    "heic": ("HEIF", "pi_heif"),
}

# EXIF orientation → the transposition that makes the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load_decoders() -> None:
    """Import what Pillow needs for all formats."""
    for _, plugin in _PLUGINS.values():
        importlib.import_module(plugin)


@dataclass(frozen=True)
class Picture:
    """``pixels`` is upright RGB, reduced; ``width`` and ``height`` are the upright original's.

    ``damaged``: a checksum is wrong, or pixels are missing, although the decoder reports no error.
    """

    pixels: Image.Image
    width: int
    height: int
    metadata: dict[str, Any]
    damaged: bool


def read(
    file: BinaryIO, format: str, *, max_pixels: int, longest: int, places: bool = False
) -> Picture:
    """The first frame of a picture, no side longer than ``longest`` pixels.

    Raises ``TooManyPixels``, ``CorruptImage``, or any error that Pillow raises for damaged
    bytes. To save memory, the picture is reduced before it is converted and turned.
    """
    with _opened(file, format, max_pixels=max_pixels) as image:
        width, height = image.size
        _check_pixels(image, max_pixels)
        _draft(image, longest)
        image.load()
        damaged = damage.is_damaged(_contents(file), format, image)
        fields = metadata.read(image, places=places)
        transposition = _UPRIGHT.get(metadata.tag(image, ExifTags.Base.Orientation))
        profile = image.info.get("icc_profile")
        pixels = reduction.reduced(image, longest)
    pixels = colours.srgb_on_white(pixels, profile if isinstance(profile, bytes) else None)
    if transposition is not None:
        pixels = pixels.transpose(transposition)
        if transposition in (_UPRIGHT[5], _UPRIGHT[6], _UPRIGHT[7], _UPRIGHT[8]):
            width, height = height, width
    return Picture(pixels, width, height, fields, damaged)


def read_metadata(file: BinaryIO, format: str, *, max_pixels: int, places: bool) -> dict[str, Any]:
    """The metadata alone. Only PNG files are decoded for it: theirs may be behind the pixels.

    Raises the same errors as ``read``.
    """
    with _opened(file, format, max_pixels=max_pixels) as image:
        _check_pixels(image, max_pixels)
        return metadata.read(image, places=places)


@dataclass(frozen=True)
class Look:
    """What decides how coded pixels look. ``orientation`` is 1 to 8."""

    size: tuple[int, int]
    mode: str
    profile: bytes | None
    orientation: int


def look_of(file: BinaryIO, format: str, *, max_pixels: int, behind_pixels: bool = True) -> Look:
    """Reads the header. With ``behind_pixels``, PNG files are decoded: their EXIF may be there.

    Raises the same errors as ``read``.
    """
    with _opened(file, format, max_pixels=max_pixels) as image:
        _check_pixels(image, max_pixels)
        orientation = None
        if behind_pixels or format != "png" or "exif" in image.info:
            orientation = metadata.tag(image, ExifTags.Base.Orientation)
        return Look(
            size=image.size,
            mode=image.mode,
            profile=image.info.get("icc_profile"),
            orientation=orientation if orientation in _UPRIGHT else 1,
        )


def _opened(file: BinaryIO, format: str, *, max_pixels: int) -> Image.Image:
    contents = _contents(file)
    check.check(contents, format)
    if format == "webp":
        _refuse_large_webp(contents, max_pixels)
    name, plugin = _PLUGINS[format]
    module = importlib.import_module(plugin)
    if format == "heic":
        module.register_heif_opener(
            decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
        )
    elif format == "avif":
        module.DEFAULT_MAX_THREADS = 1  # type: ignore[attr-defined]
    # Pillow's own check, as an error instead of a warning, in case _check_pixels misses a case.
    Image.MAX_IMAGE_PIXELS = max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        return Image.open(file, formats=[name])
    except UnidentifiedImageError as error:
        raise CorruptImage("The picture's header is damaged.") from error


def _contents(file: BinaryIO) -> bytes | mmap.mmap:
    """All bytes of the file, without a copy."""
    if isinstance(file, io.BytesIO):
        return file.getvalue()
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:
        raise CorruptImage("The file is empty.") from error


def _refuse_large_webp(contents: bytes | mmap.mmap, max_pixels: int) -> None:
    """By the header: the decoder allocates its memory when the file is opened."""
    size = dimensions(contents[:HEAD_SIZE])
    if size is not None:
        refuse_too_many_pixels(*size, limit=max_pixels)


def _check_pixels(image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise CorruptImage("The picture has no pixels.")
    # An MPO file is several JPEGs in a row; only the first is decoded.
    frames = 1 if image.format in {"JPEG", "MPO"} else getattr(image, "n_frames", 1)
    if "progressive" in image.info:
        memory = limits.memory()
        max_pixels = most_pixels("jpeg", limit=max_pixels, memory=memory, progressive=True)
    refuse_too_many_pixels(width, height, frames=frames, limit=max_pixels)


def _draft(image: Image.Image, longest: int) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8 of the size if that is at least ``longest``."""
    scale = longest / max(image.size)
    if scale < 1:
        image.draft(None, (round(image.width * scale), round(image.height * scale)))
