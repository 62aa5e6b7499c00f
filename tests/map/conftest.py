"""Pictures of topics, whose vectors are near each other, on a map."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from gallery.map import update
from gallery.models import EmbeddingSpace, Image, MapPoint, MapProjection
from tests.builders import make_embedded, make_space, unit, unit_vector

MakeTopic = Callable[..., list[Image]]

# The corners of an area with the whole map.
EVERYWHERE = "0,0,65535,0,65535,65535,0,65535"


def update_all() -> None:
    """Long enough also for the first import of scikit-learn on a busy machine."""
    update.run(seconds=120)


def near(topic: int, number: int) -> npt.NDArray[np.float32]:
    """Cosine about 0.9 with other vectors of the topic."""
    return unit(unit_vector(topic) + 0.33 * unit_vector(1000 * topic + number))


def shown() -> MapProjection:
    projection = MapProjection.objects.shown()
    assert projection is not None
    return projection


def place_of(image: Image) -> tuple[float, float]:
    point = MapPoint.objects.get(image=image, projection=shown())
    return point.x, point.y


def distance(first: Image, second: Image) -> float:
    return float(np.linalg.norm(np.subtract(place_of(first), place_of(second))))


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def make_topic(space: EmbeddingSpace) -> MakeTopic:
    """``make_topic(3, 10)`` makes ten pictures of topic 3, which are not on the map yet."""

    def make(topic: int, count: int, **fields: object) -> list[Image]:
        vectors = [near(topic, number) for number in range(count)]
        return make_embedded(space, vectors, title=f"topic {topic}", **fields)

    return make


@pytest.fixture
def make_map(make_topic: MakeTopic) -> Callable[[], list[list[Image]]]:
    """Three topics of eight pictures each, on a map."""

    def make() -> list[list[Image]]:
        topics = [make_topic(topic, 8) for topic in (1, 2, 3)]
        update_all()
        return topics

    return make
