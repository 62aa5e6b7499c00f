"""A place that people type: ``48.85,2.35``, ``48.85,2.35,10km``, ``31.2，121.5，500m``."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.filters.places import DEFAULT_RADIUS, Place
from gallery.search.syntax.limits import number_of

_UNITS = {"km": 1.0, "公里": 1.0, "千米": 1.0, "m": 0.001, "米": 0.001}


def place_of(text: str) -> Place:
    """A radius without a unit is in km. Raises ``InvalidInput``."""
    parts = [part.strip() for part in text.lower().replace("，", ",").split(",")]
    numbers = [number_of(part) for part in parts[:2]]
    radius = _radius(parts[2]) if len(parts) > 2 else DEFAULT_RADIUS
    if len(parts) not in (2, 3) or None in numbers or radius is None:
        message = gettext_noop("a place is latitude,longitude or latitude,longitude,10km")
        raise InvalidInput(message, field="near")
    latitude, longitude = (float(number or 0) for number in numbers)
    return Place(latitude=latitude, longitude=longitude, radius=radius)


def _radius(text: str) -> float | None:
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    number = number_of(text.removesuffix(unit).strip())
    return None if number is None else number * _UNITS.get(unit, 1.0)
