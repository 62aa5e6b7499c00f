"""Pictures to search with: how long they are kept, for whom, and what happens without Redis."""

from __future__ import annotations

import io
import uuid
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.core.errors import CacheUnavailable, NotFound
from gallery.core.visitor import coming_from
from gallery.models import EmbeddingSpace
from gallery.search import query_pictures
from tests import scenes
from tests.api.responses import json_body, problem

pytestmark = pytest.mark.django_db
SEARCH = "/api/v1/search/"


@pytest.fixture(autouse=True)
def space(db: None) -> EmbeddingSpace:
    return choose("builtin")


def noise(side: int = 600) -> bytes:
    pixels = np.random.default_rng(7).integers(0, 255, (side, side, 3), dtype=np.uint8)
    png = io.BytesIO()
    PIL.Image.fromarray(pixels).save(png, "PNG")
    return png.getvalue()


def is_kept(key: str) -> bool:
    try:
        query_pictures.recall(key)
    except NotFound:
        return False
    return True


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", scenes.plain(), "image/png")


def test_a_visitor_displaces_only_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_pictures, "SHARE", 2)
    with coming_from("192.0.2.1"):
        first = query_pictures.remember(scenes.plain())
    with coming_from("192.0.2.77"):
        keys = [query_pictures.remember(scenes.plain()) for _ in range(4)]
    assert is_kept(first)
    assert [is_kept(key) for key in keys] == [False, False, True, True]


def test_any_picture_is_small_in_redis() -> None:
    picture = query_pictures.recall(query_pictures.remember(noise()))
    assert len(picture.preview) <= 24_000
    assert picture.open_preview().size == (256, 256)


@pytest.mark.parametrize("key", ["", "0", "zzzz", "ffffsomething", "-001key", "x" * 500])
def test_an_unknown_key_is_not_found(key: str) -> None:
    with pytest.raises(NotFound):
        query_pictures.recall(key)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of all pictures that are remembered during the test."""
    keys: list[str] = []
    remember = query_pictures.remember

    def remember_and_note(data: bytes) -> str:
        keys.append(remember(data))
        return keys[-1]

    monkeypatch.setattr(query_pictures, "remember", remember_and_note)
    return keys


def test_the_api_returns_what_it_keeps(client: Client, stored: list[str]) -> None:
    body = json_body(client.post(SEARCH, {"images": [upload(), upload()]}))
    assert body["image_keys"] == stored
    assert all(map(is_kept, stored))


@pytest.mark.parametrize(
    "fields", [{"colour": "no colour"}, {"cursor": "x"}, {"image_id": str(uuid.uuid4())}]
)
def test_a_failed_search_keeps_no_picture(
    client: Client, stored: list[str], fields: dict[str, str]
) -> None:
    assert client.post(SEARCH, {"images": upload(), **fields}).status_code in (400, 404)
    assert not any(map(is_kept, stored))


def test_a_bad_picture_keeps_none_of_them(client: Client, stored: list[str]) -> None:
    text = SimpleUploadedFile("b.png", b"no picture", "image/png")
    problem(client.post(SEARCH, {"images": [upload(), text]}), 415, "unsupported_type")
    assert len(stored) == 1
    assert not is_kept(stored[0])


def test_without_redis_the_api_keeps_nothing(
    client: Client, stored: list[str], no_redis: None
) -> None:
    assert json_body(client.post(SEARCH, {"images": upload()}))["image_keys"] == []
    with pytest.raises(CacheUnavailable):  # also this process has forgotten it
        query_pictures.recall(stored[0])


def test_the_page_returns_what_it_keeps(client: Client, stored: list[str]) -> None:
    address = client.post("/search/", {"picture": upload()})["Location"]
    assert stored == [address.partition("picture=")[2]]


def test_without_redis_an_uploaded_picture_searches(client: Client, no_redis: None) -> None:
    body = json_body(client.post(SEARCH, {"images": upload()}))
    assert body["image_keys"] == []


def test_without_redis_the_page_searches_too(client: Client, no_redis: None) -> None:
    address = client.post("/search/", {"picture": upload()})["Location"]
    assert client.get(address).status_code == 200
    key = address.partition("picture=")[2]
    assert client.get(f"/search/pictures/{key}.webp").status_code == 200


@pytest.mark.parametrize(
    "address", ["/search/?picture={}", "/search/filters/?picture={}", "/search/pictures/{}.webp"]
)
def test_a_page_says_that_redis_is_missing(client: Client, no_redis: None, address: str) -> None:
    response = client.get(address.format("0001key"))
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "cannot be read right now" in response.content.decode()


def test_the_api_says_that_redis_is_missing(client: Client, no_redis: None) -> None:
    terms: Any = {"terms": [{"image_key": "0001key"}]}
    response = client.post(SEARCH, terms, content_type="application/json")
    problem(response, 503, "cache_unavailable")
    assert response["Retry-After"] == "10"


def test_without_redis_an_older_picture_is_unavailable(no_redis: None) -> None:
    with pytest.raises(CacheUnavailable):
        query_pictures.recall("0001key")
