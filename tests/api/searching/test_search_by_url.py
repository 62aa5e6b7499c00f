"""Searches with a picture of another server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import EmbeddingSpace
from tests.builders import make_embedded, unit_vector
from tests.picture_server import PictureServer

pytestmark = pytest.mark.django_db
Png = Callable[..., SimpleUploadedFile]


@pytest.fixture
def url(picture_server: PictureServer, png: Png) -> str:
    picture_server.files["/boat.png"] = png(size=(40, 30)).read()
    return picture_server.url("/boat.png")


def search(client: Client, *terms: dict[str, Any]) -> Any:
    return client.post("/api/v1/search/", {"terms": terms}, "application/json")


def test_the_picture_of_a_url_finds_similar_ones(
    owner_client: Client, space: EmbeddingSpace, meanings: dict[str, Any], url: str
) -> None:
    images = make_embedded(space, [unit_vector(1), unit_vector(2)])
    meanings["picture"] = unit_vector(2)
    answer = search(owner_client, {"image_url": url, "weight": 2}).json()
    assert answer["results"][0]["id"] == str(images[1].pk)
    (key,) = answer["image_keys"]
    again = search(owner_client, {"image_key": key}).json()
    assert [hit["id"] for hit in again["results"]] == [hit["id"] for hit in answer["results"]]


def test_the_term_of_a_bad_url_is_named(
    owner_client: Client, space: EmbeddingSpace, meanings: dict[str, Any], url: str
) -> None:
    meanings["picture"] = meanings["a boat"] = unit_vector(1)
    terms = [{"text": "a boat"}, {"image_url": url}, {"image_url": "http://127.0.0.1/"}]
    response = search(owner_client, *terms)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["attr"]) == (422, "terms.2.image_url")
    assert error["code"] == "url_unreachable"


def test_a_file_that_is_no_picture_is_named(
    owner_client: Client, space: EmbeddingSpace, picture_server: PictureServer
) -> None:
    picture_server.files["/text"] = b"not a picture"
    response = search(owner_client, {"image_url": picture_server.url("/text")})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["attr"]) == (415, "terms.0.image_url")


def test_visitors_have_nothing_fetched(
    space: EmbeddingSpace, url: str, picture_server: PictureServer
) -> None:
    response = search(Client(), {"image_url": url})
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert picture_server.requests == []


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ([{"image_url": "{url}", "text": "a boat"}], "exactly_one"),
        ([{"image_url": "{url}", "image_key": "x"}], "exactly_one"),
        ([{"image_url": "{url}"}] * 5, "too_many"),
        ([{"image_url": "{url}", "weight": 0}], "invalid"),
        ([{"image_url": "{url}"}, {"vector": [0.0] * 512}], "invalid"),
    ],
)
def test_wrong_terms_are_refused_before_fetching(
    owner_client: Client, space: EmbeddingSpace, url: str, picture_server: PictureServer,
    terms: list[dict[str, Any]], code: str,
) -> None:  # fmt: skip
    filled = [{**term, **({"image_url": url} if "image_url" in term else {})} for term in terms]
    response = search(owner_client, *filled)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert picture_server.requests == []


def test_all_pictures_share_one_deadline(
    owner_client: Client, space: EmbeddingSpace, meanings: dict[str, Any], url: str,
    gallery_setting: Any, picture_server: PictureServer,
) -> None:  # fmt: skip
    gallery_setting(fetch_allow=(picture_server.address,), fetch_seconds=1)
    meanings["picture"] = unit_vector(1)
    slow = {"image_url": picture_server.url("/silent")}
    response = search(owner_client, {"image_url": url}, slow, slow, slow)
    assert response.json()["errors"][0]["attr"] == "terms.1.image_url"
    assert picture_server.requests == ["/boat.png", "/silent"]


def test_a_picture_can_lead_away_from_a_text(
    owner_client: Client, space: EmbeddingSpace, meanings: dict[str, Any], url: str
) -> None:
    images = make_embedded(space, [unit_vector(1), unit_vector(2)])
    meanings["a boat"] = unit_vector(1) + unit_vector(2)
    meanings["picture"] = unit_vector(2)
    body = {"q": "a boat", "terms": [{"image_url": url, "weight": -1}]}
    response = owner_client.post("/api/v1/search/", body, "application/json")
    assert response.json()["results"][0]["id"] == str(images[0].pk)


def test_one_url_is_fetched_once(
    owner_client: Client, space: EmbeddingSpace, meanings: dict[str, Any], url: str,
    picture_server: PictureServer,
) -> None:  # fmt: skip
    meanings["picture"] = unit_vector(1)
    (image,) = make_embedded(space, [unit_vector(1)])
    answer = search(owner_client, {"image_url": url}, {"image_url": url, "weight": 0.5}).json()
    assert answer["results"][0]["id"] == str(image.pk)
    assert len(answer["image_keys"]) == 1
    assert picture_server.requests == ["/boat.png"]
