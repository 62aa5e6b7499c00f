from __future__ import annotations

import math
import random

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.search.filters import ImageFilter, Place, matching
from tests.builders import make_image
from tests.search.filters.titles import titles

PARIS = Place(latitude=48.8566, longitude=2.3522, radius=10)


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """In km, by the spherical law of cosines: another formula than the one under test."""
    (south, west), (north, east) = (tuple(map(math.radians, point)) for point in (a, b))
    cosine = math.sin(south) * math.sin(north)
    cosine += math.cos(south) * math.cos(north) * math.cos(west - east)
    return 6371.0088 * math.acos(max(-1.0, min(1.0, cosine)))


def test_images_inside_the_circle_match(owner: User) -> None:
    make_image(owner, title="Louvre", latitude=48.8606, longitude=2.3376)
    make_image(owner, title="Versailles", latitude=48.8049, longitude=2.1204)
    make_image(owner, title="nowhere")
    assert titles(owner, near=PARIS) == {"Louvre"}


@pytest.mark.parametrize(
    ("place", "position"),
    [
        ((0, 179.9), (0, -179.9)),
        ((0, -179.9), (0, 179.9)),
        ((89.95, 0), (89.95, 180)),
        ((-89.95, 10), (-89.9, -170)),
        ((90, 0), (89.9, 77)),
    ],
)
def test_circles_cross_date_line_and_poles(
    owner: User, place: tuple[float, float], position: tuple[float, float]
) -> None:
    make_image(owner, title="close", latitude=position[0], longitude=position[1])
    make_image(owner, title="far", latitude=45, longitude=position[1])
    circle = Place(latitude=place[0], longitude=place[1], radius=30)
    assert titles(owner, near=circle) == {"close"}


def test_random_circles_agree_with_the_distance(owner: User) -> None:
    random.seed(20)
    positions = {}
    for number in range(60):
        position = (math.degrees(math.asin(random.uniform(-1, 1))), random.uniform(-180, 180))
        positions[str(number)] = position
        make_image(owner, title=str(number), latitude=position[0], longitude=position[1])
    for _ in range(30):
        centre = (random.uniform(-90, 90), random.uniform(-180, 180))
        radius = random.choice([500, 3000, 9000, 15000, 20000])
        inside = {name for name in positions if distance(centre, positions[name]) <= radius}
        circle = Place(latitude=centre[0], longitude=centre[1], radius=radius)
        assert titles(owner, near=circle) == inside


def test_others_positions_cannot_be_probed(
    owner: User, stranger: User, curator: User, anonymous: AnonymousUser
) -> None:
    make_image(owner, title="home", latitude=48.8566, longitude=2.3522)
    assert titles(owner, near=PARIS) == {"home"}
    assert titles(curator, near=PARIS) == {"home"}
    assert titles(stranger, near=PARIS) == set()
    assert titles(anonymous, near=PARIS) == set()


def test_excluding_a_place_reveals_no_position(
    owner: User, stranger: User, anonymous: AnonymousUser
) -> None:
    make_image(owner, title="home", latitude=48.8566, longitude=2.3522)
    assert titles(owner, excluded=(ImageFilter(near=PARIS),)) == set()
    assert titles(stranger, excluded=(ImageFilter(near=PARIS),)) == {"home"}
    assert titles(anonymous, excluded=(ImageFilter(near=PARIS),)) == {"home"}


def test_a_place_is_found_by_index(curator: User) -> None:
    images = matching(Image.objects.all(), ImageFilter(near=PARIS), user=curator)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "image_place" in images.explain()


@pytest.mark.parametrize(
    ("latitude", "longitude", "radius"),
    [
        (91, 0, 1),
        (0, 181, 1),
        (0, 0, -1),
        (0, 0, 20_001),
        (math.nan, 0, 1),
        (0, math.inf, 1),
        (0, 0, math.nan),
    ],
)
def test_an_impossible_place_is_refused(latitude: float, longitude: float, radius: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        Place(latitude=latitude, longitude=longitude, radius=radius)
    assert caught.value.data["field"] == "near"
