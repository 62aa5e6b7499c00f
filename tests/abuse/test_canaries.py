"""Strangers fetch every address of a picture whose file carries a canary in all its metadata."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State
from tests import canaries
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db

_FILES = {**canaries.STRIPPED, **canaries.NOT_STRIPPED}
CONTAINERS = pytest.mark.parametrize("make", _FILES.values(), ids=_FILES)
_LATITUDE = re.compile(rb"52[.,]52")


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def other(space: EmbeddingSpace) -> Image:
    other = make_image(title="boats too")
    make_embedding(other, space, unit_vector(1))
    return other


@pytest.fixture
def upload(owner: User, space: EmbeddingSpace) -> Callable[[bytes], Image]:
    """Stores and processes a file as uploads are, with a canary in its name."""

    def run(data: bytes) -> Image:
        name = f"{canaries.CANARY.decode()}.bin"
        image = accept([data], owner=owner, file_name=name, external_id="canary-7f3a").image
        derive(image.pk)
        Image.objects.filter(pk=image.pk).update(state=State.READY)
        make_embedding(image, space, unit_vector(1))
        return Image.objects.get(pk=image.pk)

    return run


def addresses(image: Image, other: Image) -> list[str]:
    files = [f"/files/{image.pk}/{name}" for name in ("small.webp", "medium.webp", "large.webp")]
    searches = [f"like={other.pk}", "q=boats", "q=owner:owner"]
    api = ["images/", f"images/{image.pk}/", f"images/{image.pk}/?with_vector=true",
           f"images/{other.pk}/similar/", "search/?q=boats", "search/?q=owner:owner",
           "statistics/"]  # fmt: skip
    return [
        "/", f"/pictures/{image.pk}/", f"/pictures/{other.pk}/", *files,
        f"/files/{image.pk}/original", "/statistics/", "/upload/status/",
        *(f"/search/?{search}" for search in searches),
        *(f"/search/filters/?{search}" for search in searches),
        *(f"/api/v1/{path}" for path in api),
    ]  # fmt: skip


def sent(client: Client, address: str) -> bytes:
    """Status, headers and body of an answer."""
    response: Any = client.get(address)
    assert response.status_code in (200, 302), address
    return b"%d\n%b%b" % (
        response.status_code, response.serialize_headers(), response.getvalue()
    )  # fmt: skip


@pytest.mark.parametrize("person", ["anonymous", "stranger"])
@CONTAINERS
def test_no_address_gives_strangers_a_canary(
    upload: Callable[[bytes], Image],
    other: Image,
    stranger_client: Client,
    make: Callable[[], bytes],
    person: str,
) -> None:
    image = upload(make())
    client = Client() if person == "anonymous" else stranger_client
    leaks = [
        address
        for address in addresses(image, other)
        if canaries.CANARY in (body := sent(client, address)) or _LATITUDE.search(body)
    ]
    assert leaks == []
    assert sent(client, f"/files/{image.pk}/original").startswith(b"200")


@CONTAINERS
def test_the_owner_gets_the_bytes(
    upload: Callable[[bytes], Image], owner_client: Client, make: Callable[[], bytes]
) -> None:
    data = make()
    response = owner_client.get(f"/files/{upload(data).pk}/original")
    assert response.getvalue() == data
    assert canaries.CANARY.decode() in response["Content-Disposition"]
