"""Counts, dates, places and frequent values of a set of pictures, from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, FloatField, Max, Min
from django.db.models.functions import Cast, ExtractYear, Round

from gallery.models import Image, ImageQuerySet, User
from gallery.search.facets import facets_of

# Values of each list in an answer.
_MOST = 6


@dataclass(frozen=True)
class Frequent:
    """Values with their numbers of pictures. ``counted_part`` is None if all pictures count."""

    values: tuple[tuple[str, int], ...] = ()
    counted_part: int | None = None


@dataclass(frozen=True)
class Dates:
    """When pictures were taken, or uploaded; ``dated`` of them have a date. The newest year is the
    first."""

    first: datetime | None
    last: datetime | None
    dated: int
    years: Frequent


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


def dates_of(images: ImageQuerySet, *, by_upload: bool = False) -> Dates:
    field = "created_at" if by_upload else "taken_at"
    ends = images.aggregate(first=Min(field), last=Max(field), dated=Count(field))
    if not ends["dated"]:
        return Dates(**ends, years=Frequent())
    return Dates(**ends, years=_upload_years(images) if by_upload else frequent(images, "year"))


def _upload_years(images: ImageQuerySet) -> Frequent:
    rows = images.order_by().annotate(year=ExtractYear("created_at")).values_list("year")
    counted = rows.annotate(pictures=Count("pk")).order_by("-year")[:_MOST]
    return Frequent(tuple((str(year), pictures) for year, pictures in counted))


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


def frequent(images: ImageQuerySet, name: str) -> Frequent:
    """The first values of a facet of the search: ``tag``, ``camera``, ``owner``, ``year``."""
    facets = facets_of(images)
    values = next((facet.values for facet in facets.facets if facet.name == name), ())
    first = tuple((each.value, each.count) for each in values if each.value)[:_MOST]
    return Frequent(first, facets.counted if facets.capped else None)
