"""Converts each of Pillow's pixel modes to plain sRGB on a white background."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

from PIL import Image, ImageCms

from gallery.core.errors import CorruptImage

# ICC colour space of a profile → the pixel mode it may be applied to.
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_TRANSPARENT = {"LA", "La", "PA", "RGBA", "RGBa"}


Converter = Callable[[Image.Image], Image.Image]


def converter_to_eight_bit(picture: Image.Image) -> Converter:
    """Converts ``picture``, or parts of it, as ``eight_bit`` does.

    The range of a 32-bit picture's values is that of the whole picture. Raises ``CorruptImage``
    if the pixels hold NaN or infinity.
    """
    return _scaling_to_8_bits(picture) if picture.mode in {"I", "F"} else eight_bit


def eight_bit(picture: Image.Image) -> Image.Image:
    """The picture in L, RGB, RGBA or CMYK with 8 bits per channel; values are scaled, not clipped.

    Raises ``CorruptImage`` if the pixels hold NaN or infinity.
    """
    mode = picture.mode
    if mode in {"L", "RGB", "RGBA", "CMYK"} and not _has_key_colour(picture):
        return picture
    if mode.startswith("I;16"):
        return _scaled(picture.convert("I"), 255 / 65535)
    if mode in {"I", "F"}:
        return _scaling_to_8_bits(picture)(picture)
    if mode == "LAB":
        return _from_lab(picture)
    if mode in _TRANSPARENT or _has_key_colour(picture):
        return picture.convert("RGBA")
    return picture.convert("L" if mode == "1" else "RGB")


def srgb_on_white(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """``picture``, in a mode that ``eight_bit`` returns, as a new RGB image without metadata.

    A profile that is broken or belongs to another pixel mode is ignored.
    """
    if picture.mode == "RGBA":
        background = Image.new("RGB", picture.size, "white")
        background.paste(picture, mask=picture.getchannel("A"))
        picture = background
    converted = _through_profile(picture, profile) if profile else None
    if converted is None:
        converted = picture.convert("RGB")
    converted.info = {}
    return converted


def dominant(picture: Image.Image) -> str:
    """The most frequent colour of an RGB picture reduced to five colours, as ``#rrggbb``."""
    small = picture.resize((48, 48), Image.Resampling.BOX)
    reduced = small.quantize(5, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    _, most_frequent = max(reduced.convert("RGB").getcolors() or [(0, (255, 255, 255))])
    red, green, blue = most_frequent if isinstance(most_frequent, tuple) else (255, 255, 255)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _has_key_colour(picture: Image.Image) -> bool:
    """Whether a palette entry or one colour is declared transparent, without an alpha channel."""
    return "transparency" in picture.info and picture.mode in {"1", "L", "P", "RGB"}


def _scaling_to_8_bits(picture: Image.Image) -> Converter:
    """Scales a 32-bit picture to 8 bits.

    The file does not say the range of its values, so it is the smallest of 0–1 (float pixels
    only), 0–255, 0–65535 and minimum–maximum that contains them all.
    """
    low, high = (float(value) for value in picture.getextrema()[:2])  # type: ignore[arg-type]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise CorruptImage("The picture contains pixel values that are not finite numbers.")
    factor, offset = _range_factor(low, high, is_float=picture.mode == "F")
    return lambda part: _scaled(part, factor, offset)


def _range_factor(low: float, high: float, *, is_float: bool) -> tuple[float, float]:
    if low >= 0 and is_float and high <= 1:
        return 255, 0
    if low >= 0 and high <= 255:
        return 1, 0
    if low >= 0 and high <= 65535:
        return 255 / 65535, 0
    factor = 255 / (high - low) if high > low else 0
    return factor, -low * factor


def _scaled(picture: Image.Image, factor: float, offset: float = 0) -> Image.Image:
    # In these modes, point() accepts only functions of the form "value * constant + constant".
    return picture.point(lambda value: value * factor + offset).convert("L")


def _from_lab(picture: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
    if converted is None:
        raise CorruptImage("The picture's colours cannot be converted.")
    return converted


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """None if the profile is broken or belongs to another pixel mode."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if _PROFILE_MODES.get(space) != picture.mode:
            return None
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None
