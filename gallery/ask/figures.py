"""Counts, dates, places and frequent values of a set of pictures, from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, FloatField, Max, Min
from django.db.models.functions import Cast, Round

from gallery.models import Image, ImageQuerySet, User
from gallery.search.facets import facets_of

# Values of each list in an answer.
_MOST = 6


@dataclass(frozen=True)
class Dates:
    """When pictures were taken; ``dated`` of them have a date. The years are the newest first."""

    first: datetime | None
    last: datetime | None
    dated: int
    years: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Area:
    """A cell of a tenth of a degree, about 11 km high."""

    latitude: float
    longitude: float
    pictures: int

    @property
    def operator(self) -> str:
        """For the search box: the circle around the cell, whose corners are up to 7.9 km away."""
        return f"near:{self.latitude:g},{self.longitude:g},8km"


@dataclass(frozen=True)
class Places:
    """The areas with most pictures, of the ``placed`` pictures whose position the person sees."""

    placed: int
    areas: tuple[Area, ...]


def dates_of(images: ImageQuerySet) -> Dates:
    ends = images.aggregate(first=Min("taken_at"), last=Max("taken_at"), dated=Count("taken_at"))
    years = facets_of(images) if ends["dated"] else None
    rows = next((f.values for f in years.facets if f.name == "year"), ()) if years else ()
    return Dates(**ends, years=tuple((row.value, row.count) for row in rows[:_MOST]))


def places_of(images: ImageQuerySet, user: User) -> Places:
    """Only people who may change a picture see its position."""
    own = Image.objects.changeable_by(user).filter(
        pk__in=images.order_by().values("pk"), latitude__isnull=False
    )
    rows = (
        own.order_by()
        .values(
            row=Round(Cast("latitude", FloatField()) * 10),
            column=Round(Cast("longitude", FloatField()) * 10),
        )
        .annotate(pictures=Count("pk"))
        .order_by("-pictures", "row", "column")[:_MOST]
    )
    areas = tuple(Area(row["row"] / 10, row["column"] / 10, row["pictures"]) for row in rows)
    return Places(own.count(), areas)


def frequent(images: ImageQuerySet, facet: str) -> tuple[tuple[str, int], ...]:
    """The most frequent values of a facet of the search: ``tag``, ``camera``, ``owner``."""
    facets = facets_of(images).facets
    values = next((each.values for each in facets if each.name == facet), ())
    return tuple((each.value, each.count) for each in values if each.value)[:_MOST]
