"""A picture's JSON document and its owner's own key, set by upload and change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import Image
from tests.api.responses import json_body, problem
from tests.builders import make_image

IMAGES = "/api/v1/images/"
SHOE = {"category": "shoes", "price": 19.9, "sizes": [38, 39], "maker": {"name": "鞋"}}
Png = Callable[..., SimpleUploadedFile]


def patch(client: Client, image: Image, **fields: Any) -> Any:
    return client.patch(f"{IMAGES}{image.pk}/", fields, content_type="application/json")


def test_an_upload_can_have_both(owner_client: Client, png: Png) -> None:
    fields = {"metadata": json.dumps(SHOE), "external_id": "sku-1"}
    body = json_body(owner_client.post(IMAGES, {"file": png(), **fields}), 201)
    assert (body["metadata"], body["external_id"]) == (SHOE, "sku-1")


@pytest.mark.parametrize("name", ["metadata.category", "externalId", "keywords"])
def test_a_field_that_does_not_exist_is_refused(
    owner_client: Client, owner: User, png: Png, name: str
) -> None:
    change = patch(owner_client, make_image(owner), **{name: "shoes"})
    for response in (owner_client.post(IMAGES, {"file": png(), name: "shoes"}), change):
        assert problem(response, 400, "unknown")["errors"][0]["attr"] == name
    assert Image.objects.count() == 1


def test_an_image_can_be_sent_back(owner_client: Client, owner: User) -> None:
    image = make_image(owner, external_id="sku-1", metadata=SHOE)
    body = json_body(owner_client.get(f"{IMAGES}{image.pk}/"))
    again = json_body(patch(owner_client, image, **body))
    assert {**again, "updated_at": ""} == {**body, "updated_at": ""}


def test_a_change_replaces_the_document(owner_client: Client, owner: User) -> None:
    image = make_image(owner, metadata={"old": 1})
    assert json_body(patch(owner_client, image, metadata=SHOE))["metadata"] == SHOE
    assert json_body(patch(owner_client, image, title="Shoe"))["metadata"] == SHOE
    assert json_body(patch(owner_client, image, metadata={}))["metadata"] == {}


def test_an_external_id_can_be_changed_and_cleared(owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    assert json_body(patch(owner_client, image, external_id="sku-1"))["external_id"] == "sku-1"
    assert json_body(patch(owner_client, image, external_id="sku-1"))["external_id"] == "sku-1"
    assert json_body(patch(owner_client, image, external_id=""))["external_id"] is None


@pytest.mark.parametrize(
    ("person", "status"), [("anonymous", 401), ("stranger", 403), ("owner", 200), ("curator", 200)]
)
def test_only_the_owner_and_superusers_change_them(
    people: dict[str, Client], owner: User, person: str, status: int
) -> None:
    image = make_image(owner)
    response = patch(people[person], image, metadata=SHOE, external_id="sku-1")
    assert response.status_code == status
    image.refresh_from_db()
    assert (image.metadata == SHOE) == (image.external_id == "sku-1") == (status == 200)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "1", "{", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000,
             '{"a": %s}' % ("9" * 5_000), '{"a": 9007199254740993}', '{"a": "\\u0000"}',
             '{"a": "\\ud800"}', '{"": 1}', '{"a":{"b":{"c":{"d":{}}}}}',
             '{"a": "%s"}' % ("x" * 16_384)],
)  # fmt: skip
def test_an_invalid_document_is_reported(owner_client: Client, png: Png, text: str) -> None:
    response = owner_client.post(IMAGES, {"file": png(), "metadata": text})
    document = problem(response, 400, "invalid" if text else "blank")
    assert document["errors"][0]["attr"] == "metadata"
    assert not Image.objects.exists()


@pytest.mark.parametrize("value", ['{"a": 1}', [], 1, {"a": 10**30}, {"a": "b\0"}])
def test_an_invalid_change_is_reported(owner_client: Client, owner: User, value: object) -> None:
    document = problem(patch(owner_client, make_image(owner), metadata=value), 400, "invalid")
    assert document["errors"][0]["attr"] == "metadata"


@pytest.mark.parametrize("body", [b'{"metadata": {"a": NaN}}', b'{"metadata": {"a": 1e999}}'])
def test_no_number_of_json_gives_a_500(owner_client: Client, owner: User, body: bytes) -> None:
    address = f"{IMAGES}{make_image(owner).pk}/"
    response = owner_client.patch(address, body, content_type="application/json")
    assert response.status_code == 400


def test_a_taken_external_id_names_its_picture(
    people: dict[str, Client], owner: User, png: Png
) -> None:
    first, second = make_image(owner, external_id="sku-1"), make_image(owner)
    answers = [
        patch(people["owner"], second, external_id="sku-1"),
        people["owner"].post(IMAGES, {"file": png(), "external_id": "sku-1"}),
    ]
    for answer in answers:
        assert problem(answer, 409, "external_id_taken")["data"]["image_id"] == str(first.pk)
    assert json_body(people["stranger"].post(IMAGES, {"file": png(), "external_id": "sku-1"}), 201)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x" * 201, "max_length"),
        ("a\x00b", "null_character"),
        ([], "invalid"),
        ("a\nb", "invalid"),
    ],
)
def test_an_invalid_external_id_is_reported(
    owner_client: Client, owner: User, value: object, code: str
) -> None:
    problem(patch(owner_client, make_image(owner), external_id=value), 400, code)


def test_without_login_there_is_no_external_id(
    client: Client, db: None, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    answer = client.post(IMAGES, {"file": png(), "external_id": "sku-1"})
    problem(answer, 400, "external_id_needs_owner")
    body = json_body(client.post(IMAGES, {"file": png(), "metadata": '{"a": 1}'}), 201)
    assert body["metadata"] == {"a": 1}


def test_a_duplicate_keeps_its_document(owner_client: Client, png: Png) -> None:
    fields = {"metadata": '{"a": 1}'}
    json_body(owner_client.post(IMAGES, {"file": png(), **fields}), 201)
    fields = {"metadata": '{"a": 2}', "external_id": "sku-1"}
    body = json_body(owner_client.post(IMAGES, {"file": png(), **fields}), 200)
    assert (body["metadata"], body["external_id"]) == ({"a": 1}, "sku-1")


def test_only_the_owner_finds_an_external_id(people: dict[str, Client], owner: User) -> None:
    image = make_image(owner, external_id="sku-1")
    make_image(owner, external_id="sku-10")
    for person, ids in {"owner": [str(image.pk)], "stranger": [], "anonymous": []}.items():
        answer = json_body(people[person].get(IMAGES, {"external_id": "sku-1"}))
        assert [result["id"] for result in answer["results"]] == ids
    problem(people["owner"].get(IMAGES, {"external_id": "x" * 201}), 400, "max_length")
