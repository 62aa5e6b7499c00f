"""No cache but the reader's own keeps what depends on who is logged in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.builders import make_image

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search/?q=is:landscape",
        "/search/filters/",
        "/statistics/",
        "/upload/",
        "/login/",
        "/admin/",
        "/api/v1/images/",
        "/no/such/page/",
    ],
)
def test_answers_are_private_and_asked_for_again(curator_client: Client, address: str) -> None:
    response = curator_client.get(address)
    directives = response.headers["Cache-Control"].split(", ")
    assert "private" in directives
    assert {"no-cache", "no-store"} & set(directives)


def test_a_picture_page_is_private(owner_client: Client, owner: User) -> None:
    address = make_image(owner, visibility="private").get_absolute_url()
    assert owner_client.get(address).headers["Cache-Control"] == "private, no-cache"
