"""The EXIF fields and keywords that the site stores.

It reads the GPS position only where the site permits it, and never serial numbers, owners' names
or comments.
"""

from __future__ import annotations

import math
import struct
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from gallery.media.decoding_child import keywords, position

_TEXT_LENGTH = 100
# The oldest known photograph, Niépce's "View from the Window at Le Gras", is of 1826.
_FIRST_YEAR, _LAST_YEAR = 1826, 2200

# Pillow raises any of these for damaged EXIF.
_DAMAGED = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    SyntaxError, EOFError, OverflowError, ZeroDivisionError, struct.error,
)  # fmt: skip


def read(image: Image.Image, *, places: bool) -> dict[str, Any]:
    """The fields of ``media.decode.FileFacts``; all values can be written as JSON.

    ``exif`` may have exposure (seconds, for instance "1/250"), f_number, iso, focal_length
    (millimetres). ``camera`` and ``lens`` are text. ``taken_at`` is ISO 8601; it has an offset
    only if the camera recorded one. ``latitude`` and ``longitude`` are None unless ``places``.
    ``keywords`` are texts.
    Damaged fields are empty or left out.
    """
    exif = _directory(image, ExifTags.IFD.Exif)
    fields = {
        "exposure": _exposure(_number(exif.get(ExifTags.Base.ExposureTime))),
        "f_number": _number(exif.get(ExifTags.Base.FNumber)),
        "iso": _whole(exif.get(ExifTags.Base.ISOSpeedRatings)),
        "focal_length": _number(exif.get(ExifTags.Base.FocalLength)),
    }
    latitude, longitude = (_position(image) if places else None) or (None, None)
    return {
        "exif": {name: value for name, value in fields.items() if value},
        "camera": _camera(image),
        "lens": _text(exif.get(ExifTags.Base.LensModel)),
        "taken_at": _taken_at(exif),
        "latitude": latitude,
        "longitude": longitude,
        "keywords": _keywords(image),
    }


def tag(image: Image.Image, number: int) -> Any:
    """A tag of the first EXIF directory; None if it is absent or the directory is damaged."""
    try:
        return image.getexif().get(number)
    except _DAMAGED:
        return None


def _keywords(image: Image.Image) -> list[str]:
    try:
        return keywords.read(image)
    except _DAMAGED:
        return []


def _directory(image: Image.Image, number: int) -> dict[int, Any]:
    try:
        return dict(image.getexif().get_ifd(number))
    except _DAMAGED:
        return {}


def _position(image: Image.Image) -> tuple[float, float] | None:
    try:
        return position.of_directory(_directory(image, ExifTags.IFD.GPSInfo))
    except _DAMAGED:
        return None


def _camera(image: Image.Image) -> str:
    make = _text(tag(image, ExifTags.Base.Make))
    model = _text(tag(image, ExifTags.Base.Model))
    first = make.split(" ")[0].casefold()
    name = model if first and model.casefold().startswith(first) else f"{make} {model}".strip()
    return name[:_TEXT_LENGTH]


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(printable.split())[:_TEXT_LENGTH]


def _number(value: Any) -> float | None:
    """``value`` rounded to four significant digits; None unless 0 < value < 1,000,000."""
    try:
        number = float(value)
    except _DAMAGED:
        return None
    return float(f"{number:.4g}") if math.isfinite(number) and 0 < number < 1e6 else None


def _whole(value: Any) -> int | None:
    number = _number(value[0] if isinstance(value, tuple) and value else value)
    return round(number) if number else None


def _exposure(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:g}" if seconds >= 0.4 else f"1/{round(1 / seconds)}"


def _taken_at(exif: dict[int, Any]) -> str | None:
    moment = _text(exif.get(ExifTags.Base.DateTimeOriginal))
    offset = _text(exif.get(ExifTags.Base.OffsetTimeOriginal))
    for text, pattern in ((moment + offset, "%Y:%m:%d %H:%M:%S%z"), (moment, "%Y:%m:%d %H:%M:%S")):
        try:
            taken = datetime.strptime(text, pattern)
        except ValueError:
            continue
        return taken.isoformat() if _FIRST_YEAR <= taken.year <= _LAST_YEAR else None
    return None
