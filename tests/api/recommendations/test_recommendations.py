"""The feed, reactions and the recorded activity in the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image, Reaction, ReactionKind
from gallery.recommendations.activity import reactions
from gallery.recommendations.interests import build
from tests.api.responses import VISIBILITY_CASES, json_body, problem
from tests.builders import make_embedded, make_image, unit, unit_vector

FEED, ACTIVITY = "/api/v1/recommendations/", "/api/v1/account/activity/"


@pytest.fixture
def pictures(space: EmbeddingSpace) -> list[Image]:
    """Six pictures of one topic, then six of another."""
    vectors = [
        unit(unit_vector(topic) + 0.3 * unit_vector(100 * topic + number))
        for topic in (1, 2)
        for number in range(6)
    ]
    return make_embedded(space, vectors)


def put(client: Client, address: str, body: Any) -> Any:
    return client.put(address, body, content_type="application/json")


def react(client: Client, image: Image, reaction: str) -> Any:
    return put(client, f"/api/v1/images/{image.pk}/reaction/", {"reaction": reaction})


def test_the_feed_has_reasons(owner_client: Client, pictures: list[Image]) -> None:
    for image in pictures[:3]:
        assert json_body(react(owner_client, image, "like")) == {"reaction": "like"}
    build.run()
    body = json_body(owner_client.get(FEED, {"limit": 3}))
    assert body["is_personal"]
    liked = {str(each.pk) for each in pictures[:3]}
    reasons = [each["reason"] for each in body["results"] if each["reason"]["kind"] == "liked"]
    assert len(reasons) >= 2
    assert {reason["image_id"] for reason in reasons} <= liked
    assert not {each["image"]["id"] for each in body["results"]} & liked


def test_the_feed_is_for_people_with_an_account(client: Client, pictures: list[Image]) -> None:
    problem(client.get(FEED), 401, "not_authenticated")
    problem(client.get(ACTIVITY), 401, "not_authenticated")
    problem(react(client, pictures[0], "like"), 401, "not_authenticated")


@pytest.mark.parametrize("query", ["limit=0", "limit=100000", "page=2", "limit=x"])
def test_bad_parameters_of_the_feed(owner_client: Client, space: object, query: str) -> None:
    assert owner_client.get(f"{FEED}?{query}").status_code == 400


def test_no_encoder_is_a_503(owner_client: Client) -> None:
    problem(owner_client.get(FEED), 503, "encoder_unavailable")


def test_a_reaction_changes_and_is_withdrawn(
    owner_client: Client, owner: User, pictures: list[Image]
) -> None:
    react(owner_client, pictures[0], "like")
    react(owner_client, pictures[0], "dislike")
    assert [each.kind for each in Reaction.objects.all()] == ["dislike"]
    address = f"/api/v1/images/{pictures[0].pk}/reaction/"
    assert owner_client.delete(address).status_code == 204
    problem(owner_client.delete(address), 404, "not_found")


def test_a_reaction_out_of_sight_is_withdrawn(
    owner: User, stranger_client: Client, owner_client: Client
) -> None:
    image = make_image(owner)
    address = f"/api/v1/images/{image.pk}/reaction/"
    for client in (stranger_client, owner_client):
        react(client, image, "like")
    Image.objects.update(visibility="private")
    assert len(json_body(stranger_client.get(ACTIVITY))["reactions"]) == 1
    assert stranger_client.delete(address).status_code == 204
    problem(stranger_client.delete(address), 404, "not_found")
    assert Reaction.objects.get().user == owner


@pytest.mark.parametrize("body", [{}, {"reaction": "love"}, {"reaction": "like", "why": 1}])
def test_bad_reactions_are_refused(
    owner_client: Client, pictures: list[Image], body: dict[str, Any]
) -> None:
    address = f"/api/v1/images/{pictures[0].pk}/reaction/"
    assert put(owner_client, address, body).status_code == 400
    assert not Reaction.objects.exists()


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_hidden_images_cannot_be_liked(
    people: dict[str, Client], images: dict[str, Image], person: str, visibility: str, seen: bool
) -> None:
    status = react(people[person], images[visibility], "like").status_code
    expected = 401 if person == "anonymous" else 200 if seen else 404
    assert status == expected


def test_the_framework_describes_the_methods(owner_client: Client, pictures: list[Image]) -> None:
    for address in (ACTIVITY, FEED, f"/api/v1/images/{pictures[0].pk}/reaction/"):
        assert json_body(owner_client.options(address))["name"]


def test_recording_is_switched_on_and_off(owner_client: Client) -> None:
    assert not json_body(owner_client.get(ACTIVITY))["recording"]
    assert json_body(put(owner_client, ACTIVITY, {"recording": True})) == {"recording": True}
    assert json_body(owner_client.get(ACTIVITY))["recording_since"]
    put(owner_client, ACTIVITY, {"recording": False})
    assert not json_body(owner_client.get(ACTIVITY))["recording"]
    assert put(owner_client, ACTIVITY, {"recording": "yes"}).status_code == 400


def test_activity_is_exported_and_erased(
    owner_client: Client, owner: User, pictures: list[Image]
) -> None:
    put(owner_client, ACTIVITY, {"recording": True})
    owner_client.get(pictures[1].get_absolute_url(), headers={"Sec-Fetch-Site": "none"})
    reactions.react(owner, pictures[0], ReactionKind.LIKE)
    build.run()
    document = json_body(owner_client.get(ACTIVITY))
    assert [row["image_id"] for row in document["views"]] == [str(pictures[1].pk)]
    (liked,) = document["reactions"]
    assert (liked["image_id"], liked["reaction"]) == (str(pictures[0].pk), "like")
    assert sum(each["weight"] for each in document["interests"]) == pytest.approx(1)
    assert owner_client.delete(ACTIVITY).status_code == 204
    assert json_body(owner_client.get(ACTIVITY)) == {
        "recording": False, "recording_since": None, "views": [], "searches": [],
        "reactions": [], "interests": [],
    }  # fmt: skip
