"""Wherever a form takes a picture, JSON takes it in base64."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import json_body, problem
from tests.builders import make_embedded, unit_vector

IMAGES = "/api/v1/images/"


@pytest.fixture
def picture(png: Any) -> str:
    return base64.b64encode(png().read()).decode()


def post(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, fields, content_type="application/json")


def test_an_upload_may_be_json(owner_client: Client, picture: str) -> None:
    fields = {"title": "Boat", "metadata": {"price": 5}, "file_name": "a/boat.png"}
    body = json_body(post(owner_client, IMAGES, file=picture, **fields), 201)
    assert (body["title"], body["metadata"], body["format"]) == ("Boat", {"price": 5}, "png")
    assert Image.objects.get().file_name == "boat.png"


def test_the_same_bytes_are_one_image(owner_client: Client, picture: str, png: Any) -> None:
    created = json_body(owner_client.post(IMAGES, {"file": png()}), 201)
    again = json_body(post(owner_client, IMAGES, file=f"data:image/png;base64,{picture}"), 200)
    assert again["id"] == created["id"]


def test_a_search_may_have_pictures(
    client: Client, space: EmbeddingSpace, meanings: Any, picture: str
) -> None:
    make_embedded(space, [unit_vector(0)])
    fields = {"images": [picture, picture], "image_weights": [1, 0.5]}
    body = json_body(post(client, "/api/v1/search/", **fields))
    assert (len(body["results"]), len(body["image_keys"])) == (1, 2)


@pytest.mark.parametrize(
    ("address", "fields", "attr"),
    [
        (IMAGES, {"file": "?"}, "file"),
        ("/api/v1/search/", {"images": ["aGk=", "?"]}, "images.1"),
        ("/api/v1/zero-shot/", {"labels": ["a", "b"], "image": "?"}, "image"),
    ],
)
def test_text_that_is_not_base64_is_reported(
    owner_client: Client, address: str, fields: dict[str, Any], attr: str
) -> None:
    document = problem(post(owner_client, address, **fields), 400, "invalid_base64")
    assert document["errors"][0]["attr"] == attr


def test_a_number_is_no_text(owner_client: Client, picture: str) -> None:
    document = problem(post(owner_client, IMAGES, file=picture, title=5), 400, "invalid")
    assert document["errors"][0]["attr"] == "title"


def test_a_picture_over_the_limit_is_refused(
    owner_client: Client, picture: str, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=50)
    problem(post(owner_client, IMAGES, file=picture), 413, "file_too_large")


def test_a_large_picture_is_named_in_a_list(
    client: Client, db: None, picture: str, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=50)
    document = problem(
        post(client, "/api/v1/search/", images=["aGk=", picture]), 413, "file_too_large"
    )
    assert document["errors"][0]["attr"] == "images.1"
