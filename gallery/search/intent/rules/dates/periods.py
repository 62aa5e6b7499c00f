"""The period that a date in words means, and the typed operator for it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from gallery.core.errors import InvalidInput
from gallery.search.syntax.dates import Period, period_of
from gallery.search.syntax.dates.period import DAY, months

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_DECADE = re.compile(r"(?:the )?(?:(19|20)?(\d)0'?s|(?:上世纪)?([5-9])0年代)", re.IGNORECASE)
# The first day, as month and day, and the number of days.
_HOLIDAYS = {
    "christmas": (12, 24, 3), "xmas": (12, 24, 3), "圣诞节": (12, 24, 3), "圣诞": (12, 24, 3),
    "new year's eve": (12, 31, 1), "new year's day": (1, 1, 1), "元旦": (1, 1, 1),
    "halloween": (10, 31, 1), "万圣节": (10, 31, 1), "valentine's day": (2, 14, 1),
    "情人节": (2, 14, 1), "国庆节": (10, 1, 7), "国庆": (10, 1, 7), "劳动节": (5, 1, 5),
    "五一": (5, 1, 5), "双十一": (11, 11, 1),
}  # fmt: skip
HOLIDAYS = "|".join(sorted(_HOLIDAYS, key=len, reverse=True))
_HOLIDAY = re.compile(rf"({HOLIDAYS})", re.IGNORECASE)
_YEARS_BACK = {"this": 0, "今年": 0, "last": 1, "去年": 1, "前年": 2}


def period_in_words(words: str, now: datetime, *, may_be_ahead: bool = False) -> Period | None:
    """None for what is no date, or is in the future unless it ``may_be_ahead``."""
    words = " ".join(words.replace("’", "'").split()).lower()
    words = words.removeprefix("about ").removeprefix("around ")
    period = _holiday(words, now.date()) or _decade(words) or _typed(words, now)
    period = period or _parsed(words, now)
    return period if period and (may_be_ahead or period.start <= now.date()) else None


def operator_of(period: Period, field: str = "date") -> str:
    """``date:2025-06..2025-08``, with no more precision than the period needs."""
    first, last = period.start, period.end - DAY
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        start, end = f"{first.year}", f"{last.year}"
    elif first.day == 1 and period.end.day == 1:
        start, end = f"{first:%Y-%m}", f"{last:%Y-%m}"
    else:
        start, end = f"{first}", f"{last}"
    return f"{field}:{start}" if start == end else f"{field}:{start}..{end}"


def _holiday(words: str, today: date) -> Period | None:
    match = _HOLIDAY.search(words)
    if not match:
        return None
    which = words.replace(match[1], "").replace(" of ", " ").replace("的", "").strip()
    month, day, length = _HOLIDAYS[match[1]]
    if which in _YEARS_BACK:
        year = today.year - _YEARS_BACK[which]
        # “Last Christmas” is the one that is over.
        if which == "last" and date(today.year, month, day) + length * DAY <= today:
            year = today.year
    else:
        number = which.removesuffix("年")
        if not re.fullmatch(r"\d{4}", number, re.ASCII):
            return None
        year = int(number)
    return Period(date(year, month, day), date(year, month, day) + length * DAY)


def _decade(words: str) -> Period | None:
    match = _DECADE.fullmatch(words)
    if not match:
        return None
    digit = int(match[2] or match[3])
    century = int(match[1]) if match[1] else 19 if digit >= 3 else 20
    return months(century * 100 + digit * 10, 1, 120)


def _typed(words: str, now: datetime) -> Period | None:
    try:
        return period_of(words.replace(" of ", " "), now)
    except InvalidInput:
        return None


def _parsed(words: str, now: datetime) -> Period | None:
    """What the language of the search box does not have: “two weeks ago”, “May 5th, 2021”."""
    parsed = _parser(now.date()).get_date_data(words)
    if parsed.date_obj is None:
        return None
    try:
        return _around(parsed.date_obj.date(), parsed.period)
    except (ValueError, OverflowError):  # It ends after the year 9999.
        return None


def _around(day: date, length: str) -> Period:
    """Raises ``ValueError`` and ``OverflowError``."""
    if length == "year":
        return months(day.year, 1, 12)
    if length == "month":
        return months(day.year, day.month, 1)
    if length == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + 7 * DAY)
    return Period(day, day + DAY)


@lru_cache(maxsize=2)
def _parser(today: date) -> DateDataParser:
    # Takes 20 MB, which processes without searches do not need.
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["en", "zh"],
        # Otherwise the language of the text before would be tried first.
        try_previous_locales=False,
        settings={
            "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "first",
            "DATE_ORDER": "DMY",
        },
    )
