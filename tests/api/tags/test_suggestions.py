"""Open suggestions of many images, and many decisions in one request."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image, ImageTag, Tag, TagSource, TagState
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_image, make_tag, make_token, tag_image

SUGGESTIONS = "/api/v1/suggestions/"


@pytest.fixture
def images(owner: User, stranger: User) -> list[Image]:
    """Two of the owner and one of the stranger; each with two suggestions."""
    tags = [make_tag("beach", name_zh="海滩"), make_tag("dog")]
    images = [make_image(owner), make_image(owner), make_image(stranger)]
    state: dict[str, Any] = {"source": TagSource.ZERO_SHOT, "state": TagState.SUGGESTED}
    for image in images:
        for tag in tags:
            tag_image(image, tag, score=0.3, **state)
    return images


def post(client: Client, *decisions: dict[str, Any], **extra: Any) -> Any:
    body = {"decisions": list(decisions)}
    return client.post(SUGGESTIONS, body, content_type="application/json", **extra)


def decision(image: Image, tag: str, state: str = "approved") -> dict[str, Any]:
    return {"image": str(image.pk), "tag": tag, "state": state}


def test_suggestions_are_listed_on_pages(owner_client: Client, images: list[Image]) -> None:
    address, seen = f"{SUGGESTIONS}?limit=3", []
    while address:
        page = json_body(owner_client.get(address))
        assert page["count"] == 4
        seen += [(row["image"], row["tag"]) for row in page["results"]]
        address = page["next"]
    assert seen == [(str(image.pk), tag) for image in images[:2] for tag in ("beach", "dog")]


def test_suggestions_of_one_tag_are_listed(people: dict[str, Client], images: list[Image]) -> None:
    page = json_body(people["curator"].get(SUGGESTIONS, {"tag": "海滩"}))
    assert [row["image"] for row in page["results"]] == [str(image.pk) for image in images]
    assert json_body(people["owner"].get(SUGGESTIONS, {"tag": "cat"}))["results"] == []
    problem(people["anonymous"].get(SUGGESTIONS), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({"cursor": "eA"}, "cursor"), ({"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}, "cursor"),
     ({"images": "x"}, "unknown")],
)  # fmt: skip
def test_wrong_parameters_are_refused(
    owner_client: Client, parameters: dict[str, str], code: str
) -> None:
    problem(owner_client.get(SUGGESTIONS, parameters), 400, code)


def test_each_decision_has_a_result(owner_client: Client, images: list[Image]) -> None:
    first, second, foreign = images
    missing = {"image": str(uuid.uuid4()), "tag": "dog", "state": "approved"}
    answer = post(
        owner_client,
        decision(first, "BEACH"),
        decision(second, "dog", "rejected"),
        decision(first, "boat"),
        decision(first, "cat", "rejected"),
        decision(foreign, "dog"),
        missing,
    )
    results = [
        (each["state"], each["error"] and each["error"]["code"])
        for each in json_body(answer)["results"]
    ]
    assert results == [
        ("approved", None),
        ("rejected", None),
        ("approved", None),
        (None, "not_found"),
        (None, "not_found"),
        (None, "not_found"),
    ]
    first.refresh_from_db()
    assert first.tag_names == "beach\n海滩\nboat"
    assert ImageTag.objects.get(image=second, tag__name="dog").state == "rejected"
    assert ImageTag.objects.get(image=foreign, tag__name="dog").state == "suggested"


@pytest.mark.parametrize(("first", "second"), [("dog", "DOG"), ("海滩", "beach"), ("boat", "boat")])
def test_contradictory_decisions_change_nothing(
    owner_client: Client, images: list[Image], first: str, second: str
) -> None:
    one, other = images[:2]
    answer = post(
        owner_client,
        decision(other, first),
        decision(one, first),
        decision(other, "dog"),
        decision(one, second, "rejected"),
    )
    body = problem(answer, 400, "contradictory")
    assert (body["errors"][0]["attr"], body["data"]) == ("decisions.3", {"index": 3})
    assert not ImageTag.objects.exclude(state="suggested").exists()
    assert not Tag.objects.named("boat").exists()


def test_the_same_decision_twice_counts_once(owner_client: Client, images: list[Image]) -> None:
    answer = post(owner_client, *[decision(images[0], "dog")] * 2)
    assert [each["state"] for each in json_body(answer)["results"]] == ["approved", "approved"]


def test_a_full_picture_leaves_no_new_tag(owner_client: Client, owner: User) -> None:
    full, other = make_image(owner), make_image(owner)
    for number in range(200):
        tag_image(full, make_tag(f"tag {number}"))
    answer = post(owner_client, decision(full, "boat"), decision(other, "tag 1"))
    errors = [each["error"] and each["error"]["code"] for each in json_body(answer)["results"]]
    assert errors == ["too_many_tags", None]
    assert not Tag.objects.named("boat").exists()


def test_many_decisions_take_few_statements(
    owner_client: Client, owner: User, django_assert_max_num_queries: Any
) -> None:
    many = [make_image(owner) for _ in range(100)]
    for number in range(50):
        make_tag(f"old {number}")
    names = [f"{'old' if number < 50 else 'new'} {number}" for number in range(100)]
    for state in ("approved", "rejected"):
        pairs = zip(many, names, strict=True)
        with django_assert_max_num_queries(25):
            answer = post(owner_client, *(decision(image, name, state) for image, name in pairs))
        assert {each["state"] for each in json_body(answer)["results"]} == {state}


def test_one_request_keeps_the_daily_limit(
    owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.curation.tags.limits.NEW_NAMES_PER_DAY", 2)
    image = make_image(owner)
    names = ["boat", "BOAT", "sail", "pier", "quay"]
    answer = post(owner_client, *(decision(image, name) for name in names))
    errors = [each["error"] and each["error"]["code"] for each in json_body(answer)["results"]]
    assert errors == [None, None, None, "too_many_tags", "too_many_tags"]
    assert set(Tag.objects.values_list("name", flat=True)) == {"boat", "sail"}


def test_wrong_decisions_change_nothing(owner_client: Client, images: list[Image]) -> None:
    right = decision(images[0], "dog")
    problem(post(owner_client, right, decision(images[0], "x" * 61)), 400, "max_length")
    problem(post(owner_client, right, {**right, "score": 1}), 400, "unknown")
    problem(post(owner_client, {**right, "image": 0}), 400, "invalid")
    problem(post(owner_client), 400, "too_few")
    problem(post(owner_client, *[right] * 501), 400, "too_many")
    assert ImageTag.objects.suggested().count() == 6


def test_decisions_need_the_scope_write(client: Client, owner: User, images: list[Image]) -> None:
    headers = by_token(make_token(owner, "read"))
    assert client.get(SUGGESTIONS, headers=headers).status_code == 200
    problem(post(client, decision(images[0], "dog"), headers=headers), 403, "scope")
    problem(post(client, decision(images[0], "dog")), 401, "not_authenticated")
