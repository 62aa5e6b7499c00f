"""What people say about a picture: cleaned, checked against the row's limits, never trusted."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

from django.utils import timezone

from gallery.core.errors import InvalidInput
from gallery.models import Image, Visibility

EDITABLE = ("title", "caption", "visibility", "taken_at")

# Control characters other than tab and line breaks, and halves of surrogate pairs: PostgreSQL
# refuses the one as NUL, UTF-8 the other.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")


def checked(**fields: Any) -> dict[str, Any]:
    """Values fit for the columns of ``EDITABLE``. Raises ``InvalidInput`` naming the field."""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise InvalidInput(f"{', '.join(sorted(unknown))} cannot be set.")
    return {name: _CHECKS[name](name, value) for name, value in fields.items()}


def file_name(name: str) -> str:
    """The name a file came with, as data: no folders, no control characters, NFC, ≤ 255."""
    last = re.split(r"[/\\]", name)[-1]
    last = _LINE_BREAKS.sub(" ", _UNPRINTABLE.sub("", last)).strip()
    return unicodedata.normalize("NFC", last)[-_length("file_name") :]


def _text(name: str, value: Any) -> str:
    text = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", str(value))).strip()
    if name == "title":
        text = _LINE_BREAKS.sub(" ", text)
    longest = _length(name)
    if len(text) > longest:
        raise InvalidInput(f"The {name} has at most {longest} characters.", limit=longest)
    return text


def _visibility(name: str, value: Any) -> str:
    if value not in Visibility.values:
        raise InvalidInput(f"The {name} is one of {', '.join(Visibility.values)}.")
    return str(value)


def _moment(name: str, value: Any) -> datetime | None:
    """A moment without an offset is meant in the site's own time."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise InvalidInput(f"{name} is a date and time.")
    try:
        moment = value if timezone.is_aware(value) else timezone.make_aware(value)
        moment.astimezone(timezone.get_fixed_timezone(0))
    except (OverflowError, ValueError):
        raise InvalidInput(f"{name} is out of range.") from None
    return moment


def _length(name: str) -> int:
    return int(getattr(Image._meta.get_field(name), "max_length", 0))


_CHECKS = {"title": _text, "caption": _text, "visibility": _visibility, "taken_at": _moment}
