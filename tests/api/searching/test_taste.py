"""Searches that are moved towards the interests of a person, if they switch that on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image, ReactionKind
from gallery.recommendations.activity import reactions
from gallery.recommendations.interests import build
from tests.api.responses import json_body
from tests.builders import make_embedded, unit, unit_vector

SEARCH = "/api/v1/search/"


@pytest.fixture
def tied(owner: User, space: EmbeddingSpace, meanings: dict[str, Any]) -> dict[str, str]:
    """Two pictures equally near to "dog": one is of the topic that the owner likes."""
    dog, liked, other = unit_vector(1), unit_vector(2), unit_vector(3)
    # Orthogonal directions, so that only the taste decides between the two.
    liked, other = unit(liked - (liked @ dog) * dog), unit(other - (other @ dog) * dog)
    other = unit(other - (other @ liked) * liked)
    meanings["dog"] = dog
    images = make_embedded(space, [unit(dog + liked), unit(dog + other)])
    likes = make_embedded(space, [unit(liked + 0.1 * unit_vector(n)) for n in (10, 11)])
    for image in likes:
        reactions.react(owner, image, ReactionKind.LIKE)
    build.run()
    return {"liked topic": str(images[0].pk), "other": str(images[1].pk)}


def best(body: Any) -> dict[str, float]:
    return {hit["id"]: hit["similarity"] for hit in body["results"]}


def test_taste_lifts_pictures_of_an_interest(owner_client: Client, tied: dict[str, str]) -> None:
    plain = json_body(owner_client.get(SEARCH, {"q": "dog"}))
    tasted = json_body(owner_client.get(SEARCH, {"q": "dog", "taste": "true"}))
    posted = json_body(
        owner_client.post(SEARCH, {"text": "dog", "taste": True}, content_type="application/json")
    )
    liked, other = tied.values()
    assert not plain["taste_adjusted"]
    assert best(plain)[liked] == pytest.approx(best(plain)[other], abs=0.02)
    for body in (tasted, posted):
        assert body["taste_adjusted"]
        assert best(body)[liked] > best(body)[other] + 0.05


@pytest.mark.parametrize("query", [{"q": "dog", "mode": "words"}, {"q": "camera:Nikon"}])
def test_searches_without_meaning_have_no_taste(
    owner_client: Client, tied: dict[str, str], query: dict[str, str]
) -> None:
    address = f"{SEARCH}?{urlencode(query)}&taste=true"
    body = json_body(owner_client.get(address))
    assert not body["taste_adjusted"]


def test_people_without_interests_have_no_taste(
    client: Client, stranger_client: Client, tied: dict[str, str]
) -> None:
    for each in (client, stranger_client):
        body = json_body(each.get(SEARCH, {"q": "dog", "taste": "true"}))
        assert not body["taste_adjusted"]


def test_pages_go_on_when_the_taste_changes(
    owner: User, owner_client: Client, tied: dict[str, str]
) -> None:
    first = json_body(owner_client.get(SEARCH, {"q": "dog", "taste": "true", "limit": "1"}))
    reactions.react(owner, Image.objects.get(pk=tied["other"]), ReactionKind.LIKE)
    build.run()
    second = owner_client.get(first["next"])
    assert json_body(second)["results"]
