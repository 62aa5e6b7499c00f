"""Dates in English sentences: “from last summer”, “between 2019 and 2021”, “uploaded today”.

A month alone is a date only after “in”, and a year only after a preposition: otherwise “may
blossom” and “2019 calendar” are subjects. A season without a year is always a subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import PICTURES, Candidate, Context, ends_clause
from gallery.search.intent.rules.dates.english_days import english_days
from gallery.search.intent.rules.dates.english_words import (
    CLEAR,
    DATE,
    DAY_NAME,
    MONTH,
    START,
    UNIT,
)
from gallery.search.intent.rules.dates.periods import operator_of, period_in_words
from gallery.search.intent.rules.numbers import ENGLISH_NUMBER, english_number
from gallery.search.syntax.dates import Period
from gallery.search.syntax.dates.period import DAY, months

_RANGE = re.compile(
    rf"{START}(?:between (?P<a>{DATE}) and|from (?P<b>{DATE}) (?:to|until|till|through|-|–)) "
    rf"(?P<end>{DATE})\b",
    re.IGNORECASE,
)
_RECENT = re.compile(
    rf"{START}(?:(?:in|from|over|during|within) )?(?:the |my )?(?:last|past) "
    rf"(?P<number>{ENGLISH_NUMBER}) (?P<unit>{UNIT})\b",
    re.IGNORECASE,
)
# “Last year” is the one before this; “in the last year” are the latest 365 days.
_LATEST = re.compile(
    rf"{START}(?:in|over|during|within) the (?:last|past) (?P<unit>day|week|month|year)\b",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(
    rf"{START}(?P<word>from|in|on|of|at|during|since|before|after|until|till) "
    rf"(?:the (?:year )?)?(?P<date>{DATE})(?:['’]s)?(?!\w)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"{START}(?P<date>{CLEAR}|{DAY_NAME})(?:['’]s)?(?![\w'’])", re.IGNORECASE)
_AND_DATE = re.compile(rf",? ?(?:and|or|&|,) (?:in |from )?{DATE}\b", re.IGNORECASE)
_DATE_AND = re.compile(rf"\b{DATE},? (?:and|or|&)\s*$", re.IGNORECASE)
_LIMITS = {"since": ">=", "before": "<", "after": ">", "until": "<=", "till": "<="}
_UPLOADED = ("uploaded", "added", "posted")
_MONTH_ALONE = re.compile(rf"{MONTH}", re.IGNORECASE)
_PICTURES_BEFORE = re.compile(rf"{PICTURES}\s*$", re.IGNORECASE)


def english_dates(text: str, context: Context) -> Iterator[Candidate]:
    yield from _ranges(text, context)
    for match, days in english_days(text, context):
        yield _candidate(match, operator_of(days, _field(match)))
    yield from _recent(text)
    yield from _latest(text)
    yield from _after_prepositions(text, context)
    for match in _ALONE.finditer(text):
        period = period_in_words(match["date"], context.now)
        if period and _stands_as_date(text, match) and not _is_one_of_several(text, match):
            yield _candidate(match, operator_of(period, _field(match)))


def _ranges(text: str, context: Context) -> Iterator[Candidate]:
    for match in _RANGE.finditer(text):
        if period := _range(match["a"] or match["b"], match["end"], context.now):
            yield _candidate(match, operator_of(period, _field(match)))


def _range(first: str, last: str, now: datetime) -> Period | None:
    """A month without a year takes the year of the other one: “from November to February 2021”
    begins in 2020. If neither has one, the range is the latest that has begun."""
    start = period_in_words(first, now)
    end = period_in_words(last, now, may_be_ahead=True)
    if not (start and end):
        return None
    if _MONTH_ALONE.fullmatch(first):
        last_day = end.end - DAY
        new_years = start.start.month > last_day.month
        if _MONTH_ALONE.fullmatch(last):
            end = months(start.start.year + new_years, last_day.month, 1)
        else:
            start = months(last_day.year - new_years, start.start.month, 1)
    is_range = start.start <= min(now.date(), end.end - DAY)
    return Period(start.start, end.end) if is_range else None


def _recent(text: str) -> Iterator[Candidate]:
    for match in _RECENT.finditer(text):
        if number := english_number(match["number"]):
            operator = f'{_field(match)}:"last {number} {match["unit"].lower()}"'
            yield _candidate(match, operator)


def _latest(text: str) -> Iterator[Candidate]:
    for match in _LATEST.finditer(text):
        yield _candidate(match, f'{_field(match)}:"last 1 {match["unit"].lower()}"')


def _after_prepositions(text: str, context: Context) -> Iterator[Candidate]:
    for match in _AFTER_PREPOSITION.finditer(text):
        word, date = match["word"].lower(), match["date"]
        period = period_in_words(date, context.now)
        if not period or not _is_date_after(word, date, text[: match.start()]):
            continue
        if _is_one_of_several(text, match):
            continue
        operator = operator_of(period, _field(match))
        if sign := _LIMITS.get(word):
            name, _, value = operator.partition(":")
            first, dots, last = value.partition("..")
            operator = f"{name}:{sign}{last if dots and sign in ('>', '<=') else first}"
        yield _candidate(match, operator)


def _is_date_after(word: str, date: str, before: str) -> bool:
    """“of 2019” and “at 10” name things, and “from May” may be a person."""
    is_clear = re.fullmatch(CLEAR, date, re.IGNORECASE) is not None
    if word in ("of", "at"):
        return is_clear
    if word == "from" and _MONTH_ALONE.fullmatch(date):
        return _PICTURES_BEFORE.search(before) is not None
    return True


def _stands_as_date(text: str, match: re.Match[str]) -> bool:
    """“Yesterday” and “today” are titles and names too, so they must end a clause."""
    is_day_name = re.fullmatch(DAY_NAME, match["date"], re.IGNORECASE)
    return not is_day_name or bool(match["verb"]) or ends_clause(text, match.end())


def _is_one_of_several(text: str, match: re.Match[str]) -> bool:
    """“in 2020 and 2021”: a filter for one of them would hide the other."""
    is_followed = _AND_DATE.match(text, match.end())
    return bool(is_followed or _DATE_AND.search(text[: match.start()]))


def _field(match: re.Match[str]) -> str:
    return "uploaded" if (match["verb"] or "").lower() in _UPLOADED else "date"


def _candidate(match: re.Match[str], operator: str) -> Candidate:
    return Candidate(start=match.start(), end=match.end(), kind=Kind.FILTER, operator=operator)
