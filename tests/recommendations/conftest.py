"""Pictures of topics, whose vectors are near each other, and people who like some of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from django.contrib.auth.models import User

from gallery.models import EmbeddingSpace, Image, ReactionKind
from gallery.recommendations.activity import reactions
from gallery.recommendations.interests import build
from tests.builders import make_embedded, make_space, unit, unit_vector

MakeTopic = Callable[..., list[Image]]
Like = Callable[..., None]


def near(topic: int, number: int) -> npt.NDArray[np.float32]:
    """Cosine about 0.9 with other vectors of the topic."""
    return unit(unit_vector(topic) + 0.33 * unit_vector(1000 * topic + number))


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def make_topic(space: EmbeddingSpace) -> MakeTopic:
    """``make_topic(3, 10)`` makes ten pictures of topic 3."""

    def make(topic: int, count: int, **fields: object) -> list[Image]:
        vectors = [near(topic, number) for number in range(count)]
        return make_embedded(space, vectors, title=f"topic {topic}", **fields)

    return make


@pytest.fixture
def like() -> Like:
    """Likes pictures, and computes the interests as the worker does."""

    def run(user: User, *images: Image, kind: ReactionKind = ReactionKind.LIKE) -> None:
        for image in images:
            reactions.react(user, image, kind)
        build.run()

    return run
