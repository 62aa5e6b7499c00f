"""A period of days, and the numeric dates ``2024``, ``2024-06``, ``2024/6/30``, ``2024年6月``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
_NUMBERS = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?|月)?|年)?", re.ASCII)


class Period(NamedTuple):
    """From ``start`` to the day before ``end``."""

    start: date
    end: date


def months(year: int, month: int, length: int) -> Period:
    """``length`` months from the first day of ``month``. Raises ``ValueError``."""
    following = month - 1 + length
    return Period(date(year, month, 1), date(year + following // 12, following % 12 + 1, 1))


def numeric(text: str) -> Period | None:
    """Raises ``ValueError`` for dates that do not exist."""
    match = _NUMBERS.fullmatch(text)
    if not match:
        return None
    year = int(match[1])
    if not match[2]:
        return months(year, 1, 12)
    if not match[3]:
        return months(year, int(match[2]), 1)
    start = date(year, int(match[2]), int(match[3]))
    return Period(start, start + DAY)
