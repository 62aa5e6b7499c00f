"""Periods relative to today: ``yesterday``, ``last week``, ``last 7 days``, ``上个月``.

Weeks begin on Monday.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from gallery.search.syntax.dates.period import DAY, Period, months

_RECENT = re.compile(r"(?:(?:last|past) |最近|过去)(\d{1,4}) ?([a-z天日周个星期月年]+)", re.ASCII)
_UNITS = {
    "day": 1, "days": 1, "天": 1, "日": 1, "week": 7, "weeks": 7, "周": 7, "个星期": 7,
    "month": 30, "months": 30, "个月": 30, "year": 365, "years": 365, "年": 365,
}  # fmt: skip


def relative(words: str, today: date) -> Period | None:
    """``words`` are in lower case. Raises ``ValueError`` and ``OverflowError``."""
    if name := _NAMES.get(words):
        return name(today)
    match = _RECENT.fullmatch(words)
    if not match or match[2] not in _UNITS:
        return None
    tomorrow = today + DAY
    return Period(tomorrow - int(match[1]) * _UNITS[match[2]] * DAY, tomorrow)


def _day(back: int) -> Callable[[date], Period]:
    return lambda today: Period(today - back * DAY, today - (back - 1) * DAY)


def _last_night(today: date) -> Period:
    """It ends in the morning of today."""
    return Period(today - DAY, today + DAY)


def _week(first: int, end: int) -> Callable[[date], Period]:
    """Days relative to Monday of this week."""

    def period(today: date) -> Period:
        monday = today - today.weekday() * DAY
        return Period(monday + first * DAY, monday + end * DAY)

    return period


def _month(back: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        count = today.year * 12 + today.month - 1 - back
        return months(count // 12, count % 12 + 1, 1)

    return period


def _year(back: int) -> Callable[[date], Period]:
    return lambda today: months(today.year - back, 1, 12)


_NAMES: dict[str, Callable[[date], Period]] = {
    **dict.fromkeys(["today", "今天"], _day(0)),
    **dict.fromkeys(["yesterday", "昨天"], _day(1)),
    **dict.fromkeys(["前天"], _day(2)),
    **dict.fromkeys(["last night", "昨晚", "昨夜", "昨天晚上", "昨天夜里"], _last_night),
    **dict.fromkeys(["this week", "本周", "这周", "这个星期"], _week(0, 7)),
    **dict.fromkeys(["last week", "上周", "上个星期", "上星期"], _week(-7, 0)),
    **dict.fromkeys(["this weekend", "这个周末", "本周末"], _week(5, 7)),
    **dict.fromkeys(["last weekend", "上周末", "上个周末"], _week(-2, 0)),
    **dict.fromkeys(["this month", "本月", "这个月"], _month(0)),
    **dict.fromkeys(["last month", "上个月", "上月"], _month(1)),
    **dict.fromkeys(["this year", "今年"], _year(0)),
    **dict.fromkeys(["last year", "去年"], _year(1)),
    **dict.fromkeys(["前年"], _year(2)),
}
