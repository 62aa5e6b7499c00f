from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.answers import CASES, PEOPLE, SEEN_BY, body, problem
from tests.builders import make_embedding, make_image, unit_vector


def similar(client: Client, image: Image, **query: Any) -> Any:
    return client.get(f"/api/v1/images/{image.pk}/similar/", query)


@pytest.fixture
def embedded(images: dict[str, Image], space: EmbeddingSpace) -> dict[str, Image]:
    for image in images.values():
        make_embedding(image, space, unit_vector(1))
    return images


@pytest.mark.parametrize(("person", "visibility", "seen"), CASES)
def test_only_a_visible_image_has_likes(
    people: dict[str, Client],
    embedded: dict[str, Image],
    person: str,
    visibility: str,
    seen: bool,
) -> None:
    response = similar(people[person], embedded[visibility])
    assert response.status_code == (200 if seen else 404)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_likes_are_visible_images_without_itself(
    people: dict[str, Client], embedded: dict[str, Image], person: str
) -> None:
    said = body(similar(people[person], embedded["public"]))
    seen = {visibility for visibility in SEEN_BY if person in SEEN_BY[visibility]}
    assert {hit["image"]["title"] for hit in said["results"]} == seen - {"public"}


def test_a_limit_narrows_the_answer(owner_client: Client, embedded: dict[str, Image]) -> None:
    said = body(similar(owner_client, embedded["public"], limit=1))
    assert len(said["results"]) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "201", "ten"])
def test_a_limit_out_of_bounds_is_named(
    owner_client: Client, embedded: dict[str, Image], limit: str
) -> None:
    response = similar(owner_client, embedded["public"], limit=limit)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "limit"


def test_an_image_that_waits_has_no_likes_yet(
    owner_client: Client, owner: User, embedded: dict[str, Image]
) -> None:
    waiting = make_image(owner, state="stored")
    assert body(similar(owner_client, waiting))["results"] == []


def test_a_closed_site_asks_for_a_login(
    client: Client, embedded: dict[str, Image], gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    problem(similar(client, embedded["public"]), 401, "not_authenticated")
