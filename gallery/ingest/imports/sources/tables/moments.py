"""Dates as exports write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](.+)")
_NUMBER = re.compile(r"\d{9,13}(\.\d+)?")
# Seconds since 1970 beyond the year 5138 are milliseconds.
_MILLISECONDS = 10**11


def moment_of(value: Any) -> datetime | None:
    """ISO 8601, EXIF's notation, and seconds or milliseconds since 1970; None for others."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = str(value).strip()
    try:
        if _NUMBER.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
        if match := _EXIF.fullmatch(text):
            text = f"{match[1]}-{match[2]}-{match[3]} {match[4]}"
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
