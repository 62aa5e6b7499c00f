"""Seasons and months: ``last summer``, ``june 2023``, ``去年夏天``, ``2023年冬天``.

Seasons are the meteorological ones of the hemisphere that the site is set to. In the north, spring
is March to May, and the winter of a year begins in its December.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from gallery.core.config import config
from gallery.search.syntax.dates.period import Period, months


class _Part(NamedTuple):
    """The first month, and the length in months."""

    month: int
    length: int


_SEASON_LENGTH = 3
# In the northern hemisphere.
_SEASONS = {
    "spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12,
    "春": 3, "夏": 6, "秋": 9, "冬": 12,
}  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_PARTS = {
    **{name: _Part(month, _SEASON_LENGTH) for name, month in _SEASONS.items()},
    **{name: _Part(number, 1) for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: _Part(number, 1) for number, name in enumerate(_MONTHS, 1)},
    **{f"{number}月": _Part(number, 1) for number in range(1, 13)},
    "sept": _Part(9, 1),
}
_CHINESE_YEARS = {"今年": 0, "去年": 1, "前年": 2}
_ENGLISH = re.compile(r"(?:(last|past|this|\d{4}) )?([a-z]+)(?: (\d{4}))?", re.ASCII)
_CHINESE = re.compile(
    r"(今年|去年|前年|\d{4}年)?的?(?:([春夏秋冬])[天季]?|(\d{1,2}月)份?)", re.ASCII
)


def part_of_year(words: str, today: date) -> Period | None:
    """``words`` are in lower case. Raises ``ValueError``."""
    if match := _ENGLISH.fullmatch(words):
        which, part = match[1] or match[3] or "", _part(match[2])
        return _english(which, part, today) if part and not (match[1] and match[3]) else None
    if match := _CHINESE.fullmatch(words):
        part = _part(match[2] or match[3])
        return _chinese(match[1] or "", part, today) if part else None
    return None


def _part(name: str) -> _Part | None:
    part = _PARTS.get(name)
    if part and part.length == _SEASON_LENGTH and config().southern_seasons:
        return _Part((part.month + 5) % 12 + 1, part.length)
    return part


def _english(which: str, part: _Part, today: date) -> Period:
    """“last summer” is over, “summer” has at least begun, “this summer” is this year's."""
    if which.isdecimal():
        return months(int(which), *part)
    if which == "this":
        return months(today.year, *part)
    recent = [months(today.year - back, *part) for back in range(3)]
    if which:
        return next(period for period in recent if period.end <= today)
    return next(period for period in recent if period.start <= today)


def _chinese(which: str, part: _Part, today: date) -> Period:
    if which in _CHINESE_YEARS:
        return months(today.year - _CHINESE_YEARS[which], *part)
    return _english(which.removesuffix("年"), part, today)
