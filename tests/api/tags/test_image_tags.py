from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.curation.tags import limits
from gallery.models import Image, ImageTag, Tag, TagSource, TagState
from tests.api.responses import VISIBILITY_CASES, json_body, problem
from tests.builders import by_token, make_image, make_tag, make_token, tag_image


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner)


@pytest.fixture
def beach(db: None) -> Tag:
    return make_tag("beach", name_zh="海滩")


def address(image: Image, tag: Tag | None = None) -> str:
    return f"/api/v1/images/{image.pk}/tags/" + (f"{tag.pk}/" if tag else "")


def put(client: Client, image: Image, body: Any, **extra: Any) -> Any:
    return client.put(address(image), body, content_type="application/json", **extra)


def decide(client: Client, image: Image, tag: str, state: str = "approved", **extra: Any) -> Any:
    return put(client, image, {"tag": tag, "state": state}, **extra)


def suggest(image: Image, tag: Tag, score: float) -> None:
    tag_image(image, tag, source=TagSource.ZERO_SHOT, state=TagState.SUGGESTED, score=score)


def states(client: Client, image: Image) -> list[tuple[str, str, float | None]]:
    rows = json_body(client.get(address(image)))["results"]
    return [(row["name"], row["state"], row["score"]) for row in rows]


def test_an_image_lists_its_approved_tags(owner_client: Client, image: Image, beach: Tag) -> None:
    tag_image(image, beach)
    tag_image(image, make_tag("Ape"))
    suggest(image, make_tag("cat"), 0.3)
    other = make_image(image.owner)
    tag_image(other, beach)
    expected = {str(image.pk): ["Ape", "beach"], str(other.pk): ["beach"]}
    listed = json_body(owner_client.get("/api/v1/images/"))["results"]
    assert {each["id"]: each["tags"] for each in listed} == expected
    one = json_body(owner_client.get(f"/api/v1/images/{image.pk}/"))
    assert one["tags"] == ["Ape", "beach"]


def test_the_names_are_read_once(
    owner_client: Client, image: Image, beach: Tag, django_assert_max_num_queries: Any
) -> None:
    tag_image(image, beach)
    with django_assert_max_num_queries(50) as one:
        owner_client.get("/api/v1/images/")
    for number in range(5):
        tag_image(make_image(image.owner), make_tag(f"tag {number}"))
    with django_assert_max_num_queries(len(one)):
        owner_client.get("/api/v1/images/")


def test_suggestions_are_for_people_who_may_change(
    people: dict[str, Client], image: Image, beach: Tag
) -> None:
    tag_image(image, beach, score=0.25)
    suggest(image, make_tag("cat"), 0.2)
    suggest(image, make_tag("dog"), 0.3)
    tag_image(image, make_tag("ape"), state=TagState.REJECTED)
    approved = ("beach", "approved", 0.25)
    for person in ("anonymous", "stranger"):
        assert states(people[person], image) == [approved]
    for person in ("owner", "curator"):
        assert states(people[person], image) == [
            approved,
            ("dog", "suggested", 0.3),
            ("cat", "suggested", 0.2),
            ("ape", "rejected", None),
        ]


def test_a_row_has_names_and_source(client: Client, image: Image, beach: Tag) -> None:
    tag_image(image, beach)
    assert json_body(client.get(address(image)))["results"] == [
        {
            "id": beach.pk,
            "name": "beach",
            "name_zh": "海滩",
            "state": "approved",
            "source": "person",
            "score": None,
        }
    ]


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_tags_of_hidden_images_do_not_exist(
    people: dict[str, Client], images: dict[str, Image], person: str, visibility: str, seen: bool
) -> None:
    hidden = images[visibility]
    assert people[person].get(address(hidden)).status_code == (200 if seen else 404)
    status = decide(people[person], hidden, "boat").status_code
    delete = people[person].delete(address(hidden) + "1/").status_code
    if person in ("owner", "curator"):
        assert (status, delete) == (200, 404)
    elif person == "anonymous":
        assert (status, delete) == (401, 401)
    else:
        assert (status, delete) == ((403, 403) if seen else (404, 404))


def test_a_suggestion_is_decided_and_withdrawn(
    owner_client: Client, image: Image, beach: Tag
) -> None:
    suggest(image, beach, 0.3)
    row = json_body(decide(owner_client, image, "海滩"))
    assert (row["name"], row["state"], row["score"]) == ("beach", "approved", 0.3)
    decide(owner_client, image, "BEACH", "rejected")
    assert states(owner_client, image) == [("beach", "rejected", 0.3)]
    assert owner_client.delete(address(image, beach)).status_code == 204
    assert states(owner_client, image) == [("beach", "suggested", 0.3)]


def test_a_given_tag_is_withdrawn(owner_client: Client, image: Image, beach: Tag) -> None:
    decide(owner_client, image, "beach")
    assert owner_client.delete(address(image, beach)).status_code == 204
    assert states(owner_client, image) == []
    problem(owner_client.delete(address(image, beach)), 404, "not_found")
    problem(owner_client.delete(f"{address(image)}{10**30}/"), 404, "not_found")


def test_a_new_name_becomes_a_tag(owner_client: Client, owner: User, image: Image) -> None:
    assert json_body(decide(owner_client, image, " my  boat "))["source"] == "person"
    tag = Tag.objects.get()
    assert (tag.name, tag.is_suggested, tag.created_by) == ("my boat", False, owner)
    assert ImageTag.objects.get().decided_by == owner


def test_an_unknown_name_cannot_be_rejected(owner_client: Client, image: Image) -> None:
    problem(decide(owner_client, image, "boat", "rejected"), 404, "not_found")
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("first", "second", "tags"),
    [
        ("STRAẞE", "straße", 1),
        ("STRASSE", "straße", 1),
        ("ϴ", "θ", 1),
        ("ＢＥＡＣＨ", "beach", 1),
        ("Cafe\u0301", "CAFÉ", 1),
        ("ILICA", "ilica", 1),
        ("İstanbul", "istanbul", 2),
        ("ılıca", "ilica", 2),
    ],
)
def test_a_name_in_another_case_is_one_tag(
    owner_client: Client, image: Image, first: str, second: str, tags: int
) -> None:
    for name in (first, second):
        assert decide(owner_client, image, name).status_code == 200
    assert Tag.objects.count() == tags
    for name in (first, second):
        found = owner_client.get("/api/v1/images/", {"tag": name})
        assert [each["id"] for each in json_body(found)["results"]] == [str(image.pk)]


def test_a_hidden_name_cannot_be_rejected(
    people: dict[str, Client], owner: User, stranger: User
) -> None:
    secret = make_tag("secret Anna", is_suggested=False, created_by=owner)
    tag_image(make_image(owner, visibility="private"), secret)
    image = make_image(stranger)
    problem(decide(people["stranger"], image, "SECRET anna", "rejected"), 404, "not_found")
    tag_image(image, secret, state=TagState.SUGGESTED)
    assert decide(people["stranger"], image, "SECRET anna", "rejected").status_code == 200


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"tag": "boat", "state": "suggested"}, "state", "invalid_choice"),
        ({"tag": "boat"}, "state", "required"),
        ({"tag": " ", "state": "approved"}, "tag", "blank"),
        ({"tag": "x" * 61, "state": "approved"}, "tag", "max_length"),
        ({"tag": "a\u0007b", "state": "approved"}, "tag", "invalid"),
        ({"tag": 7, "state": "approved"}, "tag", "invalid"),
        ({"tag": "boat", "state": "approved", "score": 1}, "score", "unknown"),
    ],
)
def test_a_wrong_field_is_named(
    owner_client: Client, image: Image, body: Any, attr: str, code: str
) -> None:
    document = problem(put(owner_client, image, body), 400, code)
    assert [error["attr"] for error in document["errors"]] == [attr]
    assert not Tag.objects.exists()


def test_another_version_of_the_image_is_kept(
    owner_client: Client, image: Image, beach: Tag
) -> None:
    etag = owner_client.get(f"/api/v1/images/{image.pk}/")["ETag"]
    version: Any = {"headers": {"If-Match": etag}}
    assert decide(owner_client, image, "beach", **version).status_code == 200
    problem(decide(owner_client, image, "cat", **version), 412, "precondition_failed")
    problem(owner_client.delete(address(image, beach), **version), 412, "precondition_failed")
    assert states(owner_client, image) == [("beach", "approved", None)]


def test_every_decision_is_a_new_version(owner_client: Client, image: Image, beach: Tag) -> None:
    suggest(image, beach, 0.3)
    first = owner_client.get(address(image))["ETag"]
    rejected = decide(owner_client, image, "beach", "rejected", headers={"If-Match": first})
    assert rejected.status_code == 200
    problem(
        decide(owner_client, image, "beach", headers={"If-Match": first}),
        412,
        "precondition_failed",
    )
    second: Any = {"headers": {"If-Match": rejected["ETag"]}}
    withdrawn = owner_client.delete(address(image, beach), **second)
    assert withdrawn.status_code == 204
    third = decide(owner_client, image, "beach", headers={"If-Match": withdrawn["ETag"]})
    assert third.status_code == 200
    current = {"If-Match": third["ETag"]}
    patch = owner_client.patch(
        f"/api/v1/images/{image.pk}/", {"title": "x"}, content_type="application/json",
        headers=current,
    )  # fmt: skip
    assert patch.status_code == 200


def test_a_suggestion_changes_the_answer_only(
    owner_client: Client, image: Image, beach: Tag
) -> None:
    before = owner_client.get(address(image))["ETag"]
    suggest(image, beach, 0.3)
    unchanged = owner_client.get(address(image), headers={"If-None-Match": before})
    assert unchanged.status_code == 200
    answer = decide(owner_client, image, "beach", headers={"If-Match": before})
    assert answer.status_code == 200


def test_a_tag_no_longer_suggested_is_gone(owner_client: Client, image: Image, beach: Tag) -> None:
    suggest(image, beach, 0.3)
    decide(owner_client, image, "beach", "rejected")
    Tag.objects.update(is_suggested=False, is_official=True)
    assert owner_client.delete(address(image, beach)).status_code == 204
    assert states(owner_client, image) == []


@pytest.mark.parametrize("end", ["withdraw", "delete the image", "delete the account"])
def test_an_unused_tag_of_a_member_ends(owner_client: Client, image: Image, end: str) -> None:
    make_tag("zoo", is_suggested=False, is_official=True)
    decide(owner_client, image, "boat")
    decide(owner_client, image, "zoo")
    if end == "withdraw":
        for tag in Tag.objects.all():
            owner_client.delete(address(image, tag))
    elif end == "delete the image":
        image.delete()
    else:
        User.objects.all().delete()
    assert [tag.name for tag in Tag.objects.all()] == ["zoo"]


@pytest.mark.parametrize("letter", ["\u202e", "\u200b", "\u00ad", "\u3164", "\u115f", "\ufeff"])
def test_invisible_characters_are_refused(owner_client: Client, image: Image, letter: str) -> None:
    problem(decide(owner_client, image, f"bo{letter}at"), 400, "invalid")


@pytest.mark.parametrize("name", ["می\u200cخواهم", "👩\u200d🚀", "❤\ufe0f"])
def test_joiners_are_kept_and_do_not_count(owner_client: Client, image: Image, name: str) -> None:
    assert json_body(decide(owner_client, image, name))["name"] == name
    plain = name.translate({0x200C: None, 0x200D: None, 0xFE0F: None})
    assert json_body(decide(owner_client, image, plain))["name"] == name


@pytest.mark.parametrize(("limit", "names"), [("MOST_PER_IMAGE", 2), ("NEW_NAMES_PER_DAY", 2)])
def test_the_number_of_tags_is_limited(
    owner_client: Client, image: Image, monkeypatch: pytest.MonkeyPatch, limit: str, names: int
) -> None:
    monkeypatch.setattr(limits, limit, names)
    for name in ("boat", "cat"):
        assert decide(owner_client, image, name).status_code == 200
    problem(decide(owner_client, image, "dog"), 409, "too_many_tags")
    assert decide(owner_client, image, "boat").status_code == 200


def test_only_tags_of_the_answer_are_read(owner_client: Client, image: Image, beach: Tag) -> None:
    tag_image(image, beach)
    make_tag("unused")
    with CaptureQueriesContext(connection) as queries:
        owner_client.get("/api/v1/images/")
    [statement] = [each["sql"] for each in queries if 'FROM "gallery_tag"' in each["sql"]]
    assert f"IN ({beach.pk})" in statement


def test_a_decision_needs_the_scope_write(client: Client, owner: User, image: Image) -> None:
    headers = by_token(make_token(owner, "read"))
    problem(decide(client, image, "boat", headers=headers), 403, "scope")


def test_tags_of_no_image_do_not_exist(owner_client: Client, db: None) -> None:
    problem(owner_client.get(f"/api/v1/images/{uuid.uuid4()}/tags/"), 404, "not_found")
