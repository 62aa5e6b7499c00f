"""Pages and JSON are compressed where it is worth it and safe; conditions and HEAD stay right."""

from __future__ import annotations

import gzip
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Image
from tests.builders import make_image
from tests.pages.conftest import put_files

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def images(owner: User) -> list[Image]:
    return [make_image(owner, title=f"Boat {number}") for number in range(5)]


@pytest.mark.parametrize("address", ["/", "/search/?q=is:landscape", "/login/", "/admin/login/"])
def test_pages_are_compressed(client: Client, images: list[Image], address: str) -> None:
    response = client.get(address, headers=GZIP)
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert len(response.content) < len(client.get(address).content) / 2
    assert b"</html>" in gzip.decompress(response.content)


@pytest.mark.parametrize("address", ["/api/v1/images/", "/api/schema/"])
def test_answers_of_the_api_are_compressed(
    client: Client, images: list[Image], address: str
) -> None:
    response = client.get(address, headers=GZIP)
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == client.get(address).content


def test_a_client_without_gzip_gets_plain_text(client: Client, images: list[Image]) -> None:
    response = client.get("/api/v1/images/")
    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(json.loads(response.content)["results"]) == 5


def test_small_answers_are_not_compressed(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/livez/", headers=GZIP).headers


def test_pictures_are_not_compressed(client: Client, owner: User) -> None:
    image = make_image(owner)
    put_files(image)
    response = client.get(reverse("preview", args=[image.pk, "large"]), headers=GZIP)
    assert response.getvalue()
    response.close()
    assert "Content-Encoding" not in response.headers
    assert response.headers["ETag"].startswith('"')


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_of_foreign_pages_get_plain_text(
    client: Client, images: list[Image], site: str
) -> None:
    """The length of a compressed answer would tell them what it contains (BREACH)."""
    response = client.get("/search/?q=boat", headers={**GZIP, "Sec-Fetch-Site": site})
    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_requests_of_own_pages_are_compressed(
    client: Client, images: list[Image], site: str
) -> None:
    response = client.get("/", headers={**GZIP, "Sec-Fetch-Site": site})
    assert response.headers["Content-Encoding"] == "gzip"


def test_the_length_varies_at_random(client: Client, images: list[Image]) -> None:
    answers = [client.get("/api/v1/images/", headers=GZIP).content for _ in range(8)]
    assert len({gzip.decompress(answer) for answer in answers}) == 1
    assert len({len(answer) for answer in answers}) > 1


def test_the_etag_of_a_compressed_answer_matches(client: Client, images: list[Image]) -> None:
    first = client.get("/api/v1/images/", headers=GZIP)
    assert first.headers["ETag"].startswith('W/"')
    second = client.get("/api/v1/images/", headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert "Accept-Encoding" in second.headers["Vary"]
    assert "Content-Encoding" not in second.headers


def test_the_etag_of_an_image_stays_strong(client: Client, owner: User) -> None:
    image = make_image(owner, caption="Boat " * 300)
    address = f"/api/v1/images/{image.pk}/"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers=GZIP)["ETag"] == etag
    assert etag.startswith('"')


def test_head_has_the_headers_of_get(client: Client, images: list[Image]) -> None:
    response = client.head("/api/v1/images/", headers=GZIP)
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert response.content == b""
