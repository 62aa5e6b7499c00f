"""A header ``Authorization`` that is not one valid token is never an anonymous visitor."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.api.responses import problem
from tests.builders import make_image, make_token
from tests.pages.conftest import fetch, put_files

BAD = [
    "",
    "Basic YW5uOnNlY3JldA==",
    "Digest username=ann",
    "Token",
    "Bearer ",
    "Token a b",
    "Bearer 0123",
    "Token,Token",
    "0123456789abcdef",
    "Token \xff\xfe",
]


@pytest.fixture
def image(owner: User) -> Image:
    image = make_image(owner)
    put_files(image)
    return image


def addresses(image: Image) -> list[str]:
    api = ["images/", f"images/{image.pk}/", "search/?visibility=public", "status/", "statistics/"]
    files = [f"/files/{image.pk}/small.webp", f"/files/{image.pk}/original"]
    return [*(f"/api/v1/{path}" for path in api), "/api/schema/", *files, f"/pictures/{image.pk}/"]


@pytest.mark.parametrize("header", BAD)
def test_a_bad_header_is_refused_everywhere(client: Client, image: Image, header: str) -> None:
    for address in addresses(image):
        response = fetch(client, address, headers={"Authorization": header})
        problem(response, 401, "authentication_failed")
        expected = "Bearer" if header.startswith("Bearer") else "Token"
        assert response["WWW-Authenticate"] == expected, address


def test_a_session_does_not_replace_a_bad_token(owner_client: Client, image: Image) -> None:
    for address in addresses(image):
        response = fetch(owner_client, address, headers={"Authorization": "Bearer 0123"})
        problem(response, 401, "authentication_failed")


def test_both_schemes_are_accepted_everywhere(client: Client, owner: User, image: Image) -> None:
    Image.objects.update(visibility="private")
    token = make_token(owner, "read")
    for scheme in ("Token", "Bearer", "bearer"):
        for address in addresses(image):
            response = fetch(client, address, headers={"Authorization": f"{scheme} {token}"})
            assert response.status_code in (200, 503), address  # No encoder is chosen.


@pytest.mark.django_db(transaction=True)
def test_two_headers_are_refused(live_server: Any, owner: User, image: Image) -> None:
    token = make_token(owner)
    for first, second in ((f"Token {token}", "Basic x"), ("Basic x", f"Token {token}")):
        for address in ("/api/v1/images/?owner=me", f"/files/{image.pk}/small.webp"):
            connection = http.client.HTTPConnection(urlsplit(live_server.url).netloc, timeout=10)
            connection.putrequest("GET", address)
            connection.putheader("Authorization", first)
            connection.putheader("Authorization", second)
            connection.endheaders()
            assert connection.getresponse().status == 401
            connection.close()
