"""Reads single values that a stranger's file states; None or empty for what is none."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

# As for the metadata of files (``media/decoding_child/metadata.py``).
_FIRST_YEAR, _LAST_YEAR = 1826, 2200
# Six decimals of a degree are at most 11 cm.
_DECIMALS = 6
_MAX_TEXT = 10_000
_MAX_NAMES, _MAX_NAME = 50, 100
# Far more than a picture may have, so that the reader notices what is cut.
MOST_TAGS = 500

# Control characters except tab and line breaks, and halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d)(?= )")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", value[:_MAX_TEXT])).strip()


def line(value: Any) -> str:
    return " ".join(text(value).split())


def names(values: Any, *, most: int = _MAX_NAMES) -> list[str]:
    """The texts of a list, without repetitions, each of at most 100 characters."""
    lines = [line(value)[:_MAX_NAME] for value in values] if isinstance(values, list) else []
    return list(dict.fromkeys(entry for entry in lines if entry))[:most]


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def place(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """None also for 0° N 0° E, which programs write for pictures without a place."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    rounded = round(north, _DECIMALS) + 0.0, round(east, _DECIMALS) + 0.0
    return None if rounded == (0, 0) else rounded


def moment(value: Any) -> datetime | None:
    """A date and time, or a day, in ISO 8601 or as EXIF writes it; with an offset if it has one.

    A year or a month alone is none: the picture would be shown with a wrong day.
    """
    written = _EXIF_DATE.sub(r"\1-\2-\3", line(value))
    if not _DAY.match(written):
        return None
    try:
        return _plausible(datetime.fromisoformat(written))
    except ValueError:
        return None


def moment_of_seconds(value: Any) -> datetime | None:
    """UTC, from the seconds since 1970."""
    seconds = number(value)
    if not seconds:
        return None
    try:
        return _plausible(datetime.fromtimestamp(int(seconds), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _plausible(value: datetime) -> datetime | None:
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None
