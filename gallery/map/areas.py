"""The pictures of a cluster, or inside a polygon on the map."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Value

from gallery.core.errors import InvalidInput
from gallery.map.points import STEPS
from gallery.models import ImageQuerySet, MapPoint, MapProjection

# Corners of a polygon. With more, its address could be too long for gunicorn (4,094 bytes).
MOST_CORNERS = 200
_CORNERS = f"An area has from 3 to {MOST_CORNERS} corners, each with two numbers."
_NUMBERS = f"The numbers of an area are whole numbers from 0 to {STEPS}."


@dataclass(frozen=True)
class Area:
    """The corners are in steps: whole numbers from 0 to 65,535."""

    corners: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> Area:
        """``x,y,x,y,…`` with at least three corners. Raises ``InvalidInput``."""
        parts = text.split(",")
        if len(parts) % 2 or not 6 <= len(parts) <= 2 * MOST_CORNERS:
            raise InvalidInput(_CORNERS, parameter="area")
        if not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts):
            raise InvalidInput(_NUMBERS, parameter="area")
        numbers = [int(part) for part in parts]
        if max(numbers) > STEPS:
            raise InvalidInput(_NUMBERS, parameter="area")
        return cls(tuple(zip(numbers[::2], numbers[1::2], strict=True)))

    @property
    def polygon(self) -> str:
        """The text that PostgreSQL reads."""
        return f"({','.join(f'({x},{y})' for x, y in self.corners)})"


def inside(images: ImageQuerySet, area: Area, projection: MapProjection) -> ImageQuerySet:
    """A place on the border is inside, as in the browser. Both compare steps."""
    polygon = Func(Value(area.polygon), template="(%(expressions)s)::polygon")
    point = Func(_step(F("x")), _step(F("y")), function="point")
    contains = Func(
        polygon,
        point,
        template="%(expressions)s",
        arg_joiner=" @> ",
        output_field=BooleanField(),
    )
    points = MapPoint.objects.filter(contains, projection=projection)
    return images.filter(Exists(points.filter(image=OuterRef("pk"))))


def of_cluster(images: ImageQuerySet, cluster: int) -> ImageQuerySet:
    return images.filter(Exists(MapPoint.objects.filter(image=OuterRef("pk"), cluster=cluster)))


def _step(coordinate: F) -> Func:
    """The step that ``points_for`` gives, which reads 32-bit numbers."""
    template = f"round((least(greatest(%(expressions)s::real, -1), 1)::float8 + 1) / 2 * {STEPS})"
    return Func(coordinate, template=template)
