"""Near a place: a bounding box for the index, and the exact great-circle distance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import FloatField, Func, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual

from gallery.search.filters import checks

# Mean radius of the earth in km (IUGG 1980: R1).
EARTH_RADIUS = 6371.0088
MAX_RADIUS = 20_000.0
DEFAULT_RADIUS = 5.0
# Rounding must not exclude an image at the edge of the bounding box; about 1 m.
_MARGIN = 1e-5


@dataclass(frozen=True, kw_only=True)
class Place:
    """A circle on the earth: degrees (WGS 84) and km."""

    latitude: float
    longitude: float
    radius: float = DEFAULT_RADIUS

    def __post_init__(self) -> None:
        checks.number("near", self.latitude, low=-90, high=90)
        checks.number("near", self.longitude, low=-180, high=180)
        checks.number("near", self.radius, low=0, high=MAX_RADIUS)


def near(place: Place) -> Q:
    """Images with a position inside the circle. Positions are shown only to people who may
    change the image, so the caller has to add that condition.
    """
    return _bounding_box(place) & Q(LessThanOrEqual(_distance(place), place.radius))


def _bounding_box(place: Place) -> Q:
    """The smallest box of latitudes and longitudes around the circle.

    Half of its width is asin(sin(radius) / cos(latitude)): J. P. Matuschek, "Finding Points
    Within a Distance of a Latitude/Longitude Using Bounding Coordinates", section 3.3.
    """
    angle = place.radius / EARTH_RADIUS
    degrees = math.degrees(angle) + _MARGIN
    south, north = place.latitude - degrees, place.latitude + degrees
    box = Q(latitude__gte=south, latitude__lte=north)
    if south <= -90 or north >= 90:
        return box  # The circle contains a pole, so it has every longitude.
    ratio = math.sin(angle) / math.cos(math.radians(place.latitude))
    half = math.degrees(math.asin(min(1.0, ratio))) + _MARGIN
    return box & _longitudes(place.longitude - half, place.longitude + half)


def _longitudes(west: float, east: float) -> Q:
    """``west`` may be below -180 and ``east`` above 180: then the box crosses the date line."""
    if west < -180:
        return Q(longitude__gte=west + 360) | Q(longitude__lte=east)
    if east > 180:
        return Q(longitude__gte=west) | Q(longitude__lte=east - 360)
    return Q(longitude__gte=west, longitude__lte=east)


def _distance(place: Place) -> Func:
    """The great-circle distance in km by the haversine formula."""
    latitude, longitude = math.radians(place.latitude), math.radians(place.longitude)
    half_chord_squared = Power(Sin((Radians("latitude") - Value(latitude)) / 2), 2) + Value(
        math.cos(latitude)
    ) * Cos(Radians("latitude")) * Power(Sin((Radians("longitude") - Value(longitude)) / 2), 2)
    # Rounding may exceed 1 at the antipode, where asin would fail.
    root = Least(Sqrt(half_chord_squared), Value(1.0), output_field=FloatField())
    distance: Func = ASin(root) * Value(2 * EARTH_RADIUS)  # type: ignore[assignment]
    return distance
