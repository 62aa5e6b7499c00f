"""Only people who may change a picture see its place, external ID and SHA-256."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import PEOPLE, json_body
from tests.builders import make_embedding, make_image, unit_vector

PLACE = {"latitude": -33.8568, "longitude": 151.2153}
ALLOWED = ("owner", "curator")


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner, external_id="shop/42", metadata={"category": "boats"}, **PLACE)


@pytest.fixture
def other(stranger: User, space: EmbeddingSpace, image: Image) -> Image:
    """A picture of somebody else that is similar to ``image``."""
    other = make_image(stranger)
    for each in (image, other):
        make_embedding(each, space, unit_vector(1))
    return other


def seen(image: dict[str, Any]) -> tuple[Any, Any, bool]:
    return image["location"], image["external_id"], image["sha256"] is not None


def expected(person: str) -> tuple[Any, Any, bool]:
    return (PLACE, "shop/42", True) if person in ALLOWED else (None, None, False)


@pytest.mark.parametrize("person", PEOPLE)
def test_one_image(people: dict[str, Client], image: Image, person: str) -> None:
    body = json_body(people[person].get(f"/api/v1/images/{image.pk}/"))
    assert seen(body) == expected(person)


@pytest.mark.parametrize("person", PEOPLE)
def test_lists(people: dict[str, Client], image: Image, person: str) -> None:
    (result,) = json_body(people[person].get("/api/v1/images/"))["results"]
    assert seen(result) == expected(person)


@pytest.mark.parametrize("person", PEOPLE)
def test_search_results(people: dict[str, Client], image: Image, other: Image, person: str) -> None:
    body = json_body(people[person].get(f"/api/v1/images/{other.pk}/similar/"))
    assert [seen(hit["image"]) for hit in body["results"]] == [expected(person)]


@pytest.mark.parametrize("person", PEOPLE)
def test_metadata_is_for_everybody(people: dict[str, Client], image: Image, person: str) -> None:
    body = json_body(people[person].get(f"/api/v1/images/{image.pk}/"))
    assert body["metadata"] == {"category": "boats"}


def test_a_picture_without_place_has_no_location(owner_client: Client, owner: User) -> None:
    body = json_body(owner_client.get(f"/api/v1/images/{make_image(owner).pk}/"))
    assert seen(body) == (None, None, True)


def test_the_place_cannot_be_changed(owner_client: Client, image: Image) -> None:
    body = json_body(
        owner_client.patch(
            f"/api/v1/images/{image.pk}/",
            {"location": None, "camera": "X"},
            content_type="application/json",
        )
    )
    assert (seen(body), body["camera"]) == (expected("owner"), "")
