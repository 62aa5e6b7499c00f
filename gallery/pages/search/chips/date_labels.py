"""Spans of time in the reader's language, with no more precision than they need."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


def span_label(after: datetime | None, before: datetime | None) -> str:
    """``after`` is included and ``before`` is not; empty without both."""
    first, following = _day(after), _day(before)
    if first and following:
        last = following - timedelta(days=1)
        start, end = _text(first, first, following), _text(last, first, following)
        return start if start == end else f"{start} – {end}"
    if first:
        return _("from %(date)s") % {"date": _text(first, first)}
    return _("before %(date)s") % {"date": _text(following, following)} if following else ""


def _day(moment: datetime | None) -> date | None:
    return localtime(moment).date() if moment else None


def _text(day: date, *limits: date) -> str:
    """The year of ``day`` if all limits of the span are the first day of a year; else its month,
    or the day itself.
    """
    if all((limit.month, limit.day) == (1, 1) for limit in limits):
        return _("%(year)s") % {"year": day.year}
    is_in_months = all(limit.day == 1 for limit in limits)
    return date_format(day, "YEAR_MONTH_FORMAT" if is_in_months else "DATE_FORMAT")
