"""The place of a picture, from the GPS directory of its EXIF."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags

# Six decimals of a degree are at most 11 cm.
_DECIMALS = 6


def of_directory(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, north and east positive.

    EXIF 2.32 (section 4.6.6) states them as up to three rationals (degrees, minutes, seconds) and
    a letter. The datum is taken to be WGS 84, which receivers use. None if a part is missing or
    no finite number, if the position is not on the globe, and for 0° N 0° E, which cameras
    write that have no position.
    """
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "NS", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "EW", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    return latitude, longitude


def _degrees(
    gps: Mapping[int, Any], value: int, reference: int, letters: str, limit: int
) -> float | None:
    """``letters`` are the positive and the negative direction, ``limit`` is the largest angle."""
    direction = _letter(gps.get(reference))
    if not direction or direction not in letters:
        return None
    parts = gps.get(value)
    numbers = [float(part) for part in (parts if isinstance(parts, tuple) else (parts,))]
    if len(numbers) > 3 or any(not math.isfinite(number) or number < 0 for number in numbers):
        return None
    if any(number > 60 for number in numbers[1:]):
        return None
    angle = sum(number / 60.0**power for power, number in enumerate(numbers))
    if angle > limit:
        return None
    return round(-angle if direction == letters[1] else angle, _DECIMALS) + 0.0


def _letter(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip(" \0").upper()[:1] if isinstance(value, str) else ""
