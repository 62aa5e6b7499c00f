"""The search page with the address of a picture on another server."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.models import EmbeddingSpace
from tests.picture_server import PictureServer
from tests.scenes import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(picture_server: PictureServer) -> str:
    picture_server.files["/boat.png"] = photo("PNG")
    return picture_server.url("/boat.png")


def test_the_picture_of_a_url_is_searched(
    owner_client: Client, builtin: EmbeddingSpace, url: str
) -> None:
    response = owner_client.post("/search/", {"q": "boats", "picture": "", "picture_url": url})
    assert response.status_code == 303
    address = response.headers["Location"]
    assert "q=boats&picture=" in address
    assert "picture_url" not in address
    assert owner_client.get(address).context["query"].terms[0].picture


def test_visitors_have_no_url_fetched(
    builtin: EmbeddingSpace, url: str, picture_server: PictureServer
) -> None:
    assert b"picture_url" not in Client().get("/search/").content
    assert Client().post("/search/", {"picture_url": url}).status_code == 403
    assert picture_server.requests == []


def test_sites_may_fetch_nothing(
    owner_client: Client, builtin: EmbeddingSpace, url: str, gallery_setting: Any
) -> None:
    assert b"picture_url" in owner_client.get("/search/").content
    gallery_setting(fetch_urls=False)
    assert b"picture_url" not in owner_client.get("/search/").content
    assert owner_client.post("/search/", {"picture_url": url}).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"), [("http://10.0.0.1/a.png", 422), ("file:///etc/passwd", 422), ("", 400)]
)
def test_a_bad_url_is_an_error_page(
    owner_client: Client, builtin: EmbeddingSpace, path: str, status: int
) -> None:
    response = owner_client.post("/search/", {"q": "boats", "picture_url": path})
    assert response.status_code == status
    assert 'name="q" value="boats"' in response.content.decode()
