"""The SQL function match_images, and the recipes of docs/sql.md."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pytest
from django.contrib.auth.models import User
from django.db import DataError, connection
from django.urls import reverse

from gallery.models import Embedding, EmbeddingSpace, Image, State, Visibility
from tests.builders import make_embedding, make_image, make_space, moderate, unit, unit_vector

pytestmark = pytest.mark.django_db

Vector = npt.NDArray[np.float32]


def match(vector: Any, threshold: Any = -1, count: Any = 10) -> list[tuple[UUID, str, float]]:
    if isinstance(vector, np.ndarray):
        vector = str(vector.tolist())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM match_images(%s, %s, %s)", [vector, threshold, count])
        rows: list[tuple[UUID, str, float]] = cursor.fetchall()
    return rows


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def images(space: EmbeddingSpace) -> list[Image]:
    """Three images, whose vectors lie further and further from ``unit_vector(0)``."""
    images = [make_image() for _ in range(3)]
    for number, image in enumerate(images):
        vector = unit(unit_vector(0) + number * unit_vector(1))
        make_embedding(image, space, vector)
    return images


def test_the_most_similar_image_comes_first(images: list[Image]) -> None:
    rows = match(unit_vector(0))
    assert [key for key, _, _ in rows] == [image.pk for image in images]
    vectors = dict(Embedding.objects.values_list("image_id", "vector"))
    for key, _, similarity in rows:
        assert similarity == pytest.approx(float(vectors[key] @ unit_vector(0)), abs=1e-5)


def test_a_hidden_image_is_not_found(images: list[Image]) -> None:
    moderate(images[0], "reject")
    assert [key for key, _, _ in match(unit_vector(0))] == [image.pk for image in images[1:]]


def test_an_image_has_its_preview_address(images: list[Image]) -> None:
    (row,) = match(unit_vector(0), 0.99)
    assert row[1] == reverse("preview", args=[images[0].pk, "large"])


def test_threshold_and_count_limit_the_results(images: list[Image]) -> None:
    assert len(match(unit_vector(0), 0.6)) == 2
    assert len(match(unit_vector(0), -1, 1)) == 1


def test_the_length_of_the_query_does_not_matter(images: list[Image]) -> None:
    for scale in (1e-20, 1000, 1e37):
        (nearest, *_) = match(unit_vector(0) * np.float32(scale))
        assert nearest[0] == images[0].pk
        assert nearest[2] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.MEMBERS},
        {"state": State.DERIVED},
        {"state": State.QUARANTINED},
    ],
)
def test_hidden_images_are_never_returned(
    space: EmbeddingSpace, owner: User, fields: dict[str, Any]
) -> None:
    make_embedding(make_image(owner, **fields), space, unit_vector(0))
    assert match(unit_vector(0)) == []


def test_only_the_active_space_is_searched(images: list[Image]) -> None:
    other = make_space(active=False)
    make_embedding(make_image(), other, unit_vector(0))
    assert {key for key, _, _ in match(unit_vector(0))} == {image.pk for image in images}
    EmbeddingSpace.objects.update(active=False)
    assert match(unit_vector(0)) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, 0, 5), "no argument may be null"),
        ((unit_vector(0), None, 5), "no argument may be null"),
        ((unit_vector(0), 0, None), "no argument may be null"),
        (("[1,2,3]", 0, 5), "512 dimensions, not 3"),
        ((np.zeros(512), 0, 5), "must not be zero"),
        ((f"[{','.join(['NaN'] * 512)}]", 0, 5), "NaN not allowed"),
        ((f"[{','.join(['inf'] * 512)}]", 0, 5), "infinite value not allowed"),
        ((unit_vector(0), "NaN", 5), "match_threshold must be from -1 to 1"),
        ((unit_vector(0), 1.5, 5), "match_threshold must be from -1 to 1"),
        ((unit_vector(0), 0, 0), "match_count must be from 1 to 1000"),
        ((unit_vector(0), 0, 1001), "match_count must be from 1 to 1000"),
    ],
)
def test_bad_arguments_are_refused(
    images: list[Image], arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        match(*arguments)


def test_an_embedding_can_be_passed_directly(images: list[Image]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id FROM gallery_embedding e, match_images(e.vector, -1, 1) m"
            " WHERE e.image_id = %s",
            [images[2].pk],
        )
        assert cursor.fetchall() == [(images[2].pk,)]


def test_the_json_arguments_of_postgrest_are_accepted(images: list[Image]) -> None:
    arguments = {
        "query_embedding": unit_vector(0).tolist(), "match_threshold": 0.99, "match_count": 10,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT found.id FROM json_to_record(%s::json) AS body(
                match_count integer, match_threshold double precision, query_embedding vector),
            LATERAL match_images(match_count := body.match_count,
                match_threshold := body.match_threshold,
                query_embedding := body.query_embedding) found
            """,
            [json.dumps(arguments)],
        )
        assert cursor.fetchall() == [(images[0].pk,)]
