"""Checks of the values of conditions, before they reach the database.

Each check raises ``InvalidInput`` with the name of the field in ``data``. The messages are
constants, so that they can be translated.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.models.tags.names import normalised

MAX_VALUES = 50
MAX_TEXT = 200
MAX_QUANTITY = 2**62


def text(field: str, value: str) -> None:
    """PostgreSQL stores neither NUL nor halves of surrogate pairs."""
    if not isinstance(value, str):
        raise InvalidInput(gettext_noop("The value must be a text."), field=field)
    if len(value) > MAX_TEXT:
        message = gettext_noop("The value may have at most 200 characters.")
        raise InvalidInput(message, field=field, limit=MAX_TEXT)
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        message = gettext_noop("The value contains characters that are not allowed.")
        raise InvalidInput(message, field=field)


def tag(field: str, value: str) -> None:
    """``value`` can be the name of a tag, or is blank."""
    text(field, value)
    if not value.strip():
        return
    try:
        normalised(value)
    except InvalidInput as error:
        raise InvalidInput(error.message, **{**error.data, "field": field}) from None


def number(field: str, value: float, *, low: float = -1e300, high: float = 1e300) -> None:
    """``value`` is finite and in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(gettext_noop("The value must be a number."), field=field)
    # The comparison comes first: a long int cannot be converted to a float.
    if not low <= value <= high or not math.isfinite(value):
        raise InvalidInput(gettext_noop("The number is out of range."), field=field)


def count(field: str, values: Collection[object]) -> None:
    if len(values) > MAX_VALUES:
        message = gettext_noop("At most 50 values are allowed.")
        raise InvalidInput(message, field=field, limit=MAX_VALUES)


def choices(field: str, values: Collection[str], allowed: Iterable[str]) -> None:
    count(field, values)
    known = set(allowed)
    for value in values:
        if value not in known:
            message = gettext_noop("The value is not one of the allowed ones.")
            raise InvalidInput(message, field=field, allowed=sorted(known))


def moment(field: str, value: datetime) -> None:
    """``value`` is aware, and is a date in UTC too."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidInput(gettext_noop("The date needs a time zone."), field=field)
    try:
        value.astimezone(UTC)
    except (OverflowError, ValueError):
        raise InvalidInput(gettext_noop("The date is out of range."), field=field) from None


def ordered(field: str, low: float | datetime | None, high: float | datetime | None) -> None:
    """``low`` is not above ``high``; None is no limit."""
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        message = gettext_noop("The lower limit is above the upper limit.")
        raise InvalidInput(message, field=field)
