"""Strangers search for the words of a file name that they never see."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.changeover.choose import choose
from gallery.models import Image
from tests.builders import make_embedding, make_image, unit_vector

pytestmark = pytest.mark.django_db

NAME, OTHER_NAME = "Grandma_zanzibar-1987.JPG", "Uncle_timbuktu-2003.JPG"
TEXTS = (
    "zanzibar", "zanz", "grandma zanzibar", NAME, NAME.removesuffix(".JPG"), '"zanzibar 1987"',
    "-zanzibar", '-"grandma zanzibar"', "zanzibar owner:owner",
)  # fmt: skip
ROUTES = ("/search/?q={}", "/search/filters/?q={}", "/api/v1/search/?q={}")
# Different in each answer: durations, and tokens against forged requests.
_VOLATILE = re.compile(rb'took_ms": ?[\d.]+|"took">[^<]*|csrf\S+ value="[^"]*"')


@pytest.fixture
def image(owner: User) -> Image:
    space = choose("builtin")
    others = [make_image(title=f"A boat {number}") for number in range(3)]
    image = make_image(owner, title="", file_name=NAME)
    for seed, row in enumerate([image, *others]):
        make_embedding(row, space, unit_vector(seed))
    return image


def answers(client: Client, *, mode: str) -> dict[str, bytes]:
    addresses = [f"{route}&mode={mode}" for route in ROUTES]
    return {
        (address := route.format(quote(text))): _VOLATILE.sub(b"", answer(client, address))
        for route in addresses
        for text in TEXTS
    }


def answer(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("mode", ["words", "all"])
@pytest.mark.parametrize("person", ["anonymous", "stranger"])
def test_answers_do_not_depend_on_hidden_names(
    image: Image, stranger_client: Client, person: str, mode: str
) -> None:
    client = Client() if person == "anonymous" else stranger_client
    before = answers(client, mode=mode)
    Image.objects.filter(pk=image.pk).update(file_name=OTHER_NAME)
    after = answers(client, mode=mode)
    assert [address for address in before if before[address] != after[address]] == []


@pytest.mark.parametrize("person", ["owner", "curator"])
@pytest.mark.parametrize("text", TEXTS[:6])
def test_the_owner_finds_the_picture_by_its_name(
    image: Image, owner_client: Client, curator_client: Client, person: str, text: str
) -> None:
    client = owner_client if person == "owner" else curator_client
    hits = client.get("/api/v1/search/", {"q": text, "mode": "words"}).json()["results"]
    assert [(hit["id"], hit["reasons"]) for hit in hits] == [(str(image.pk), ["file_name"])]


def test_a_name_is_for_its_new_owner_alone(
    image: Image, stranger: User, owner_client: Client, stranger_client: Client
) -> None:
    Image.objects.filter(pk=image.pk).update(owner=stranger)
    totals = [
        len(client.get("/api/v1/search/", {"q": "zanzibar", "mode": "words"}).json()["results"])
        for client in (owner_client, stranger_client)
    ]
    assert totals == [0, 1]
