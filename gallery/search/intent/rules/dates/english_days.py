"""Several days of a month in English: “10-12 May”, “between May 10 and 12”, “3rd to 5th June 2021”.

Without a year, the last ones that have begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.search.intent.rules.candidate import Context, ends_clause
from gallery.search.intent.rules.dates.english_words import DAY, MONTH, START, YEAR
from gallery.search.intent.rules.dates.periods import period_in_words
from gallery.search.syntax.dates import Period

_DASH = r"\s?[-–]\s?"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{START}(?P<lead>between) (?:the )?(?P<a>{DAY}) and (?:the )?(?P<b>{DAY}) (?:of )?"
        rf"(?P<month>{MONTH})(?:,? (?P<year>{YEAR}))?",
        rf"{START}(?P<lead>between) (?P<month>{MONTH}) (?P<a>{DAY}) and (?P<b>{DAY})\b"
        rf"(?:,? (?P<year>{YEAR}))?",
        rf"{START}(?:(?P<lead>from|on|in|during) )?(?:the )?(?P<a>{DAY})(?:{_DASH}| to | until )"
        rf"(?:the )?(?P<b>{DAY}) (?:of )?(?P<month>{MONTH})(?:,? (?P<year>{YEAR}))?",
        rf"{START}(?:(?P<lead>from|on|in|during) )?(?P<month>{MONTH}) (?P<a>{DAY})"
        rf"(?:{_DASH}| to | until )(?P<b>{DAY})\b(?:,? (?P<year>{YEAR}))?",
    )
)
_ENDING = re.compile(r"st|nd|rd|th", re.IGNORECASE)


def english_days(text: str, context: Context) -> Iterator[tuple[re.Match[str], Period]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            # “ages 10-12 may vary”
            is_date = match["lead"] or match["year"] or ends_clause(text, match.end())
            period = _period(match, context) if is_date else None
            if period:
                yield match, period


def _period(match: re.Match[str], context: Context) -> Period | None:
    first, last = (_ENDING.sub("", match[name]) for name in ("a", "b"))
    year = match["year"] or ""
    start = period_in_words(f"{first} {match['month']} {year}", context.now)
    if start is None:
        return None
    last_day = f"{last} {match['month']} {start.start.year}"
    end = period_in_words(last_day, context.now, may_be_ahead=True)
    return Period(start.start, end.end) if end and start.start < end.start else None
