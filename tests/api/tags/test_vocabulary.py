from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import TagScoring, TagState
from tests.api.responses import json_body, problem
from tests.builders import make_image, make_space, make_tag, tag_image, unit_vector

TAGS = "/api/v1/tags/"


def names(client: Client) -> list[str]:
    return [tag["name"] for tag in json_body(client.get(TAGS))["results"]]


def test_the_vocabulary_is_listed_by_name(client: Client, db: None) -> None:
    make_tag("sunset")
    beach = make_tag("beach", name_zh="海滩", group="Places", kind="scene", colour="#c9a227")
    results = json_body(client.get(TAGS))["results"]
    assert [tag["name"] for tag in results] == ["beach", "sunset"]
    assert results[0] == {
        "id": beach.pk,
        "name": "beach",
        "name_zh": "海滩",
        "group": "Places",
        "kind": "scene",
        "colour": "#c9a227",
        "is_suggested": True,
        "threshold": None,
    }


def test_names_from_private_pictures_are_not_listed(people: dict[str, Client], owner: User) -> None:
    private, public = make_image(owner, visibility="private"), make_image(owner)
    for name, image in (("secret", private), ("boat", public)):
        tag_image(image, make_tag(name, is_suggested=False))
    rejected = make_tag("ape", is_suggested=False)
    tag_image(public, rejected, state=TagState.REJECTED)
    make_tag("mine", is_suggested=False, created_by=owner)
    make_tag("zoo", is_suggested=False, is_official=True)
    assert names(people["owner"]) == ["boat", "mine", "secret", "zoo"]
    assert names(people["curator"]) == ["boat", "secret", "zoo"]
    assert names(people["stranger"]) == names(people["anonymous"]) == ["boat", "zoo"]


def test_pages_follow_each_other(client: Client, db: None) -> None:
    for number in range(5):
        make_tag(f"Tag {number}")
    address, seen = f"{TAGS}?limit=2", []
    while address:
        page = json_body(client.get(address))
        assert page["count"] == 5
        seen += [tag["name"] for tag in page["results"]]
        address = page["next"]
    assert seen == [f"Tag {number}" for number in range(5)]


@pytest.mark.parametrize(("q", "found"), [("SUN", ["sun", "sunset"]), ("日", ["sunset"])])
def test_names_are_found_by_their_beginning(
    client: Client, db: None, q: str, found: list[str]
) -> None:
    for name, chinese in (("sunset", "日落"), ("sun", ""), ("the sun", "")):
        make_tag(name, name_zh=chinese)
    assert [tag["name"] for tag in json_body(client.get(TAGS, {"q": q}))["results"]] == found


def test_thresholds_are_own_or_measured(client: Client, db: None) -> None:
    own, measured = make_tag("a", threshold=0.5), make_tag("b")
    space = make_space()
    for tag in (own, measured):
        TagScoring.objects.create(
            tag=tag, space=space, prompts="x", vector=unit_vector(1), median=0, spread=0,
            threshold=0.25,
        )  # fmt: skip
    results = json_body(client.get(TAGS))["results"]
    assert [tag["threshold"] for tag in results] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "AA"}, "cursor"),
        ({"limit": "0"}, "min_value"),
        ({"q": "x" * 61}, "max_length"),
        ({"name": "x"}, "unknown"),
    ],
)
def test_wrong_parameters_are_refused(
    client: Client, db: None, parameters: dict[str, str], code: str
) -> None:
    problem(client.get(TAGS, parameters), 400, code)
