"""Any of Pillow's pixel modes becomes plain sRGB on white. Runs in the decoding child only."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageCms

from gallery.core.errors import CorruptImage

# Modes that an ICC profile of this colour space may be applied to.
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_TRANSPARENT = {"LA", "La", "PA", "RGBA", "RGBa"}


def eight_bit(picture: Image.Image) -> Image.Image:
    """The picture in L, RGB, RGBA or CMYK with 8 bits per channel, values scaled, not clipped."""
    mode = picture.mode
    if mode in {"L", "RGB", "RGBA", "CMYK"} and not _has_key_colour(picture):
        return picture
    if mode.startswith("I;16"):
        return _scaled(picture.convert("I"), 255 / 65535)
    if mode == "I":
        return _stretched(picture)
    if mode == "F":
        return _stretched(picture)
    if mode == "LAB":
        return _from_lab(picture)
    if mode in _TRANSPARENT or _has_key_colour(picture):
        return picture.convert("RGBA")
    return picture.convert("L" if mode == "1" else "RGB")


def srgb_on_white(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """``picture`` (a mode of ``eight_bit``) as a new RGB image that carries no metadata."""
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    converted = _through_profile(picture, profile) if profile else None
    if converted is None:
        converted = picture.convert("RGB")
    converted.info = {}
    return converted


def dominant(picture: Image.Image) -> str:
    """The commonest of five colours that an RGB picture is reduced to, as ``#rrggbb``."""
    small = picture.resize((48, 48), Image.Resampling.BOX)
    reduced = small.quantize(5, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    _, commonest = max(reduced.convert("RGB").getcolors() or [(0, (255, 255, 255))])
    red, green, blue = commonest if isinstance(commonest, tuple) else (255, 255, 255)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _has_key_colour(picture: Image.Image) -> bool:
    """Transparency that is not a channel: a palette entry, or one colour declared clear."""
    return "transparency" in picture.info and picture.mode in {"1", "L", "P", "RGB"}


def _stretched(picture: Image.Image) -> Image.Image:
    """32-bit numbers say nothing of their range: take the smallest usual one that holds them."""
    low, high = (float(value) for value in picture.getextrema()[:2])  # type: ignore[arg-type]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise CorruptImage("The picture holds values that are no numbers.")
    if low >= 0 and picture.mode == "F" and high <= 1:
        return _scaled(picture, 255)
    if low >= 0 and high <= 255:
        return _scaled(picture, 1)
    if low >= 0 and high <= 65535:
        return _scaled(picture, 255 / 65535)
    factor = 255 / (high - low) if high > low else 0
    return _scaled(picture, factor, -low * factor)


def _scaled(picture: Image.Image, factor: float, offset: float = 0) -> Image.Image:
    # point() understands nothing but "value * constant + constant" in these modes.
    return picture.point(lambda value: value * factor + offset).convert("L")


def _from_lab(picture: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
    if converted is None:
        raise CorruptImage("The picture's colours cannot be converted.")
    return converted


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """None when the profile is broken or belongs to another kind of picture."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if _PROFILE_MODES.get(space) != picture.mode:
            return None
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None
