"""Cleans and checks the fields that people enter for a picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.utils import timezone

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.ingest.fields import metadata_document
from gallery.models import Image, Visibility

EDITABLE = ("title", "caption", "visibility", "taken_at", "metadata", "external_id")
# What an import knows besides, and what holds only if the picture's file does not say it.
OF_SIDECARS = ("sidecar_taken_at", "latitude", "longitude")
OF_UPLOADS = (*EDITABLE, *OF_SIDECARS)

# Control characters except tab and line breaks (PostgreSQL refuses NUL), and halves of surrogate
# pairs (UTF-8 cannot encode them).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MOST_DEGREES = {"latitude": 90, "longitude": 180}
_LINE_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")


def checked(names: Collection[str] = EDITABLE, /, **fields: Any) -> dict[str, Any]:
    """The values, cleaned, for the columns in ``names``.

    Raises ``InvalidInput``, whose message names the field, for other names and for values that
    the column cannot hold. A place is left out while ``GALLERY_READ_PLACES`` is off.
    """
    unknown = set(fields) - set(names)
    if unknown:
        raise InvalidInput(f"{', '.join(sorted(unknown))} cannot be set.")
    if (fields.get("latitude") is None) != (fields.get("longitude") is None):
        raise InvalidInput("A place has both a latitude and a longitude.")
    return {name: _CHECKS[name](name, value) for name, value in fields.items()}


def file_name(name: str) -> str:
    """The name of an uploaded file without folders and control characters, in NFC.

    If it has more than 255 characters, it is cut to the last 255, which include the extension.
    """
    base = re.split(r"[/\\]", name)[-1]
    base = _LINE_BREAKS.sub(" ", _UNPRINTABLE.sub("", base)).strip()
    return unicodedata.normalize("NFC", base)[-_max_length("file_name") :]


def _text(name: str, value: Any) -> str:
    text = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", str(value))).strip()
    if name == "title":
        text = _LINE_BREAKS.sub(" ", text)
    limit = _max_length(name)
    if len(text) > limit:
        raise InvalidInput(f"The {name} may have at most {limit} characters.", limit=limit)
    return text


def _visibility(name: str, value: Any) -> str:
    if value not in Visibility.values:
        raise InvalidInput(f"The {name} must be one of {', '.join(Visibility.values)}.")
    return str(value)


def _moment(name: str, value: Any) -> datetime | None:
    """A time without an offset is taken to be in the site's time zone."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise InvalidInput(f"{name} must be a date and time.")
    try:
        moment = value if timezone.is_aware(value) else timezone.make_aware(value)
        moment.astimezone(timezone.get_fixed_timezone(0))
    except (OverflowError, ValueError):
        raise InvalidInput(f"{name} is out of range.") from None
    return moment


def _degrees(name: str, value: Any) -> float | None:
    if value is None or not config().read_places:
        return None
    if not isinstance(value, int | float) or not abs(value) <= _MOST_DEGREES[name]:
        raise InvalidInput(f"The {name} must be a number of degrees.")
    return float(value)


def _metadata(name: str, value: Any) -> dict[str, Any]:
    return metadata_document.checked(value)


def _external_id(name: str, value: Any) -> str:
    """Nothing but spaces at its ends is removed: it has to be found again as it was given."""
    text = str(value).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise InvalidInput("An external ID may not have control characters.", field=name)
    limit = _max_length(name)
    if len(text) > limit:
        message = f"An external ID may have at most {limit} characters."
        raise InvalidInput(message, field=name, limit=limit)
    return text


def _max_length(name: str) -> int:
    return int(getattr(Image._meta.get_field(name), "max_length", 0))


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "title": _text,
    "caption": _text,
    "visibility": _visibility,
    "taken_at": _moment,
    "metadata": _metadata,
    "external_id": _external_id,
    "sidecar_taken_at": _moment,
    "latitude": _degrees,
    "longitude": _degrees,
}
