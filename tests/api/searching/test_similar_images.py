from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import PEOPLE, VISIBILITY_CASES, VISIBLE_TO, json_body, problem
from tests.builders import make_embedding, make_image, unit_vector


def similar(client: Client, image: Image, **query: Any) -> Any:
    return client.get(f"/api/v1/images/{image.pk}/similar/", query)


@pytest.fixture
def embedded(images: dict[str, Image], space: EmbeddingSpace) -> dict[str, Image]:
    for image in images.values():
        make_embedding(image, space, unit_vector(1))
    return images


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_only_visible_images_can_be_compared(
    people: dict[str, Client],
    embedded: dict[str, Image],
    person: str,
    visibility: str,
    seen: bool,
) -> None:
    response = similar(people[person], embedded[visibility])
    assert response.status_code == (200 if seen else 404)


@pytest.mark.parametrize("person", PEOPLE)
def test_only_visible_other_images_are_found(
    people: dict[str, Client], embedded: dict[str, Image], person: str
) -> None:
    body = json_body(similar(people[person], embedded["public"]))
    seen = {visibility for visibility in VISIBLE_TO if person in VISIBLE_TO[visibility]}
    assert {hit["image"]["title"] for hit in body["results"]} == seen - {"public"}


def test_the_limit_is_applied(owner_client: Client, embedded: dict[str, Image]) -> None:
    body = json_body(similar(owner_client, embedded["public"], limit=1))
    assert len(body["results"]) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "201", "ten"])
def test_an_invalid_limit_is_reported(
    owner_client: Client, embedded: dict[str, Image], limit: str
) -> None:
    response = similar(owner_client, embedded["public"], limit=limit)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "limit"


def test_a_waiting_image_has_no_similar_images(
    owner_client: Client, owner: User, embedded: dict[str, Image]
) -> None:
    waiting = make_image(owner, state="stored")
    assert json_body(similar(owner_client, waiting))["results"] == []


def test_a_closed_site_requires_login(
    client: Client, embedded: dict[str, Image], gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    problem(similar(client, embedded["public"]), 401, "not_authenticated")
