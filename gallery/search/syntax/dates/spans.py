"""A typed date, period, comparison or range as moments in the time zone of the person."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.syntax.dates.parts_of_year import part_of_year
from gallery.search.syntax.dates.period import Period, numeric
from gallery.search.syntax.dates.relative import relative
from gallery.search.syntax.limits import limits_of


class Span(NamedTuple):
    """From ``after``, included, to ``before``, excluded; None is no limit."""

    after: datetime | None = None
    before: datetime | None = None


def span_of(text: str, now: datetime) -> Span:
    """``2024-06``, ``2024-06..2024-08``, ``>=2024`` or “last summer”. Raises ``InvalidInput``."""
    limits = limits_of(text.strip())
    if limits is None:
        period = period_of(text, now)
        return Span(_midnight(period.start, now), _midnight(period.end, now))
    after = before = None
    if limits.above:
        after = _midnight(period_of(limits.above, now).end, now)
    if limits.at_least:
        after = start_of(limits.at_least, now)
    if limits.below:
        before = start_of(limits.below, now)
    if limits.at_most:
        before = _midnight(period_of(limits.at_most, now).end, now)
    if after and before and after >= before:
        raise InvalidInput(gettext_noop("the range ends before it begins"), field="date")
    return Span(after, before)


def start_of(text: str, now: datetime) -> datetime:
    """The first moment of a date or period. Raises ``InvalidInput``."""
    return _midnight(period_of(text, now).start, now)


def period_of(text: str, now: datetime) -> Period:
    """The days of a date or period, in the time zone of ``now``. Raises ``InvalidInput``."""
    words = " ".join(text.lower().replace("_", " ").split())
    spoken = words.replace("-", " ")
    try:
        period = numeric(words) or relative(spoken, now.date()) or part_of_year(spoken, now.date())
    except (ValueError, OverflowError):
        period = None
    if period is None:
        message = gettext_noop('not a date: write 2024, 2024-06, 2024-06-30 or "last summer"')
        raise InvalidInput(message, field="date")
    return period


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo)
