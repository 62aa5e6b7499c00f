"""Strangers fetch every address of a picture whose file carries a canary in all its metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State, Tag
from tests import canaries, single_canaries
from tests.abuse.moderated_routes import Address, Keys, addresses
from tests.builders import (
    make_embedding,
    make_image,
    make_space,
    make_tag,
    tag_image,
    unit_vector,
)

pytestmark = pytest.mark.django_db

_FILES = {**canaries.STRIPPED, **canaries.NOT_STRIPPED}
CONTAINERS = pytest.mark.parametrize("make", _FILES.values(), ids=_FILES)
_ALL_FILES = {**_FILES, **single_canaries.FILES}
# Few enough for one page of each list.
_GROUPS = [list(_ALL_FILES)[start : start + 11] for start in range(0, len(_ALL_FILES), 11)]
_LISTS = ["/", "/search/?q=owner:owner", "/api/v1/images/", "/api/v1/images/?signed=3600",
          "/api/v1/images/?tag=lighthouse", "/api/v1/search/?q=owner:owner"]  # fmt: skip
_LATITUDE = re.compile(rb"(?<!:\d\d:)52[.,]52")  # but not 02:14:52.52


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
        key = f"canary-7f3a {Image.objects.count()}"
        image = accept([data], owner=owner, file_name=name, external_id=key).image
        derive(image.pk)
        Image.objects.filter(pk=image.pk).update(state=State.READY)
        make_embedding(image, space, unit_vector(1))
        return Image.objects.get(pk=image.pk)

    return run


def reading_addresses(other: Image, image: Image) -> Iterator[Address]:
    """What is opened with GET, and the searches that are sent with POST."""
    space, tag = EmbeddingSpace.objects.get(), Tag.objects.get(name="lighthouse")
    values = {"other": other.pk, "tag": tag.pk, "space": space.pk, "sha256": "0" * 64,
              "content_type": 1}  # fmt: skip
    keys = Keys(str(image.pk), {name: str(value) for name, value in values.items()})
    for address in addresses():
        reads = address.body is None or address.route in {"api-search", "api-ask", "ask"}
        if reads and not address.route.startswith("admin:") and address.route != "logout":
            yield replace(address, path=keys.fill(address.path), body=keys.filled(address.body))


def sent(client: Client, address: Address) -> bytes:
    """Status, headers and body of an answer."""
    if address.body is None:
        response: Any = client.get(address.path)
    elif address.route.startswith("api-"):
        response = client.post(address.path, address.body, "application/json")
    else:
        response = client.post(address.path, address.body)
    head = b"%d\n%b" % (response.status_code, response.serialize_headers())
    return head + bytes(response.getvalue())


def answers(client: Client, images: list[Image], other: Image) -> dict[tuple[str, str], bytes]:
    """By address and body, each opened once."""
    answers: dict[tuple[str, str], bytes] = {}
    for image in images:
        for address in reading_addresses(other, image):
            request = (address.path, str(address.body))
            if request not in answers:
                answers[request] = sent(client, address)
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("names", _GROUPS, ids=lambda names: ", ".join(names))
def test_no_address_gives_strangers_a_canary(
    upload: Callable[[bytes], Image], other: Image, stranger_client: Client, names: list[str]
) -> None:
    tag = make_tag("lighthouse")
    images = [upload(_ALL_FILES[name]()) for name in names]
    for image in images:
        tag_image(image, tag)
    for client in (Client(), stranger_client):
        opened = answers(client, images, other)
        leaks = [
            request
            for request, answer in opened.items()
            if canaries.CANARY in answer or _LATITUDE.search(answer)
        ]
        assert leaks == []
        for image in images:
            assert opened[f"/files/{image.pk}/original", "None"].startswith(b"200")
            for path in _LISTS:
                assert str(image.pk).encode() in opened[path, "None"], path


@CONTAINERS
def test_the_owner_gets_the_bytes(
    upload: Callable[[bytes], Image], owner_client: Client, make: Callable[[], bytes]
) -> None:
    data = make()
    response = owner_client.get(f"/files/{upload(data).pk}/original")
    assert response.getvalue() == data
    assert canaries.CANARY.decode() in response["Content-Disposition"]
