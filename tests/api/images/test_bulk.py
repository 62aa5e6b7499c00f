"""Many images deleted or changed in one request, each with its own result."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Embedding, EmbeddingSpace, Image, Moderation
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_embedded, make_image, make_token, unit_vector

pytestmark = pytest.mark.django_db
DELETE, UPDATE = "/api/v1/images/bulk-delete/", "/api/v1/images/bulk-update/"


def post(client: Client, address: str, *items: dict[str, Any], **extra: Any) -> Any:
    return client.post(address, {"images": list(items)}, "application/json", **extra)


def codes(response: Any) -> list[str | None]:
    return [each["error"] and each["error"]["code"] for each in json_body(response)["results"]]


def item(image: Image, **fields: Any) -> dict[str, Any]:
    return {"id": str(image.pk), **fields}


def listed(client: Client) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in client.get("/api/v1/images/").json()["results"]}


def test_each_deletion_has_a_result(owner_client: Client, owner: User, stranger: User) -> None:
    own, other = make_image(owner), make_image(owner)
    foreign, private = make_image(stranger), make_image(stranger, visibility="private")
    blocked = make_image(owner, moderation=Moderation.BLOCKED)
    items = [item(own), item(foreign), {"id": str(uuid.uuid4())}, item(private), item(blocked)]
    response = post(owner_client, DELETE, *items, item(other))
    assert codes(response) == [None, *["not_found"] * 4, None]
    assert [each["id"] for each in response.json()["results"]][:2] == [str(own.pk), str(foreign.pk)]
    assert set(Image.objects.all()) == {foreign, private, blocked}


def test_superusers_delete_images_of_others(curator_client: Client, owner: User) -> None:
    assert codes(post(curator_client, DELETE, item(make_image(owner)))) == [None]
    assert not Image.objects.exists()


@pytest.mark.parametrize("address", [DELETE, UPDATE])
def test_only_the_named_version_is_changed(owner_client: Client, owner: User, address: str) -> None:
    first, second, third = (make_image(owner) for _ in range(3))
    versions = {key: each["version"] for key, each in listed(owner_client).items()}
    etag = owner_client.get(f"/api/v1/images/{second.pk}/")["ETag"]
    Image.objects.filter(pk=third.pk).update(caption="changed since")
    fields = {"title": "Boat"} if address == UPDATE else {}
    items = [
        item(first, version=versions[str(first.pk)], **fields),
        item(second, version=etag, **fields),
        item(third, version=versions[str(third.pk)], **fields),
    ]
    assert codes(post(owner_client, address, *items)) == [None, None, "precondition_failed"]
    assert Image.objects.filter(title="A picture").get() == third


def test_each_change_has_a_result(owner_client: Client, owner: User, stranger: User) -> None:
    first, second = make_image(owner), make_image(owner)
    foreign = make_image(stranger)
    response = post(
        owner_client,
        UPDATE,
        item(first, title="Boat", visibility="private"),
        item(foreign, title="Mine"),
        item(second, metadata={"a": 1}, taken_at=None),
        {"id": str(uuid.uuid4()), "title": "x"},
    )
    assert codes(response) == [None, "not_found", None, "not_found"]
    results = response.json()["results"]
    assert results[1]["version"] is None
    versions = {key: each["version"] for key, each in listed(owner_client).items()}
    assert results[0]["version"] == versions[str(first.pk)]
    first.refresh_from_db()
    second.refresh_from_db()
    foreign.refresh_from_db()
    assert (first.title, first.visibility, foreign.title) == ("Boat", "private", "A picture")
    assert second.metadata == {"a": 1}


def test_an_image_of_a_list_can_be_sent_back(owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    (sent,) = listed(owner_client).values()
    assert codes(post(owner_client, UPDATE, {**sent, "title": "Boat"})) == [None]
    assert Image.objects.get().title == "Boat"
    assert Image.objects.get().updated_at > image.updated_at


def test_an_equal_change_keeps_the_version(owner_client: Client, owner: User) -> None:
    image = make_image(owner, title="Boat")
    version = listed(owner_client)[str(image.pk)]["version"]
    response = post(owner_client, UPDATE, item(image, title="Boat"))
    assert response.json()["results"][0]["version"] == version


def test_external_ids_are_taken_in_order(owner_client: Client, owner: User) -> None:
    first, second, third = (make_image(owner, external_id=name) for name in ("a", "b", "c"))
    response = post(
        owner_client,
        UPDATE,
        item(first, external_id="", title="free"),
        item(second, external_id="a"),
        item(third, external_id="a", title="late"),
    )
    assert codes(response) == [None, None, "external_id_taken"]
    rows = {row.pk: (row.external_id, row.title) for row in Image.objects.all()}
    assert rows[first.pk] == ("", "free")
    assert rows[second.pk][0] == "a"
    assert rows[third.pk] == ("c", "A picture")


def test_a_value_that_cannot_be_stored_is_named(owner_client: Client, owner: User) -> None:
    first, second = make_image(owner), make_image(owner)
    items = [item(first, external_id="a\x01b"), item(second, title="Boat")]
    assert codes(post(owner_client, UPDATE, *items)) == ["invalid", None]


@pytest.mark.parametrize("address", [DELETE, UPDATE])
def test_wrong_requests_change_nothing(owner_client: Client, owner: User, address: str) -> None:
    image = make_image(owner)
    right = item(image, title="Boat") if address == UPDATE else item(image)
    problem(post(owner_client, address), 400, "too_few")
    problem(post(owner_client, address, *[{"id": str(uuid.uuid4())}] * 501), 400, "too_many")
    problem(post(owner_client, address, right, right), 400, "unique")
    problem(post(owner_client, address, right, {"id": 1}), 400, "invalid")
    document = problem(
        post(owner_client, address, right, {"id": right["id"], "x": 1}), 400, "unknown"
    )
    assert document["errors"][0]["attr"] == "images.1.x"
    assert Image.objects.get().title == "A picture"


def test_bulk_requests_need_the_scope_write(client: Client, owner: User) -> None:
    headers = by_token(make_token(owner, "read"))
    for address in (DELETE, UPDATE):
        problem(post(client, address, item(make_image(owner)), headers=headers), 403, "scope")
        problem(post(client, address, item(make_image(owner))), 401, "not_authenticated")
    assert Image.objects.count() == 4


def test_five_hundred_images_take_few_statements(
    owner_client: Client, owner: User, space: EmbeddingSpace, django_assert_max_num_queries: Any
) -> None:
    images = make_embedded(space, [unit_vector(1)] * 500, owner=owner)
    with django_assert_max_num_queries(40):
        post(owner_client, UPDATE, *(item(image, visibility="private") for image in images))
    assert Image.objects.filter(visibility="private").count() == 500
    with django_assert_max_num_queries(40):
        post(owner_client, DELETE, *(item(image) for image in images))
    assert not Image.objects.exists()
    assert not Embedding.objects.exists()
