from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import VISIBILITY_CASES, json_body, problem
from tests.builders import make_embedding, make_image, unit_vector


def patch(client: Client, image: Image, **fields: Any) -> Any:
    return client.patch(f"/api/v1/images/{image.pk}/", fields, content_type="application/json")


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_only_the_owner_and_superusers_change_an_image(
    people: dict[str, Client],
    images: dict[str, Image],
    person: str,
    visibility: str,
    seen: bool,
) -> None:
    image = images[visibility]
    expected = {"owner": 200, "curator": 200, "anonymous": 401, "stranger": 403 if seen else 404}
    assert patch(people[person], image, title="Changed").status_code == expected[person]
    image.refresh_from_db()
    assert (image.title == "Changed") == (expected[person] == 200)


def test_a_hidden_image_looks_like_a_missing_one(
    people: dict[str, Client], images: dict[str, Image]
) -> None:
    hidden = problem(patch(people["stranger"], images["private"], title="x"), 404, "not_found")
    absent = people["stranger"].patch(
        f"/api/v1/images/{uuid.uuid4()}/", {"title": "x"}, content_type="application/json"
    )
    assert hidden == problem(absent, 404, "not_found")


def test_all_editable_fields_can_be_changed(owner_client: Client, owner: User) -> None:
    fields = {
        "title": "Boot",
        "caption": "红色的船",
        "visibility": "members",
        "taken_at": "2026-05-04T12:00:00Z",
    }
    body = json_body(patch(owner_client, make_image(owner), **fields))
    assert {name: body[name] for name in fields} == fields


def test_other_fields_keep_their_values(owner_client: Client, owner: User) -> None:
    image = make_image(owner, title="Boat", caption="Red", taken_at="2026-05-04T12:00:00Z")
    body = json_body(patch(owner_client, image, caption=""))
    assert (body["title"], body["caption"]) == ("Boat", "")
    assert body["taken_at"] == "2026-05-04T12:00:00Z"


def test_taken_at_can_be_cleared(owner_client: Client, owner: User) -> None:
    image = make_image(owner, taken_at="2026-05-04T12:00:00Z")
    assert json_body(patch(owner_client, image, taken_at=None))["taken_at"] is None


@pytest.mark.parametrize("parameters", [{}, {"with_vector": "true"}, {"signed": "60"}])
def test_an_image_can_be_sent_back(
    owner_client: Client, owner: User, space: EmbeddingSpace, parameters: dict[str, str]
) -> None:
    image = make_image(owner, title="Boat", external_id="", metadata={"a": [1, None]})
    make_embedding(image, space, unit_vector(1))
    body = json_body(owner_client.get(f"/api/v1/images/{image.pk}/", parameters))
    assert body["external_id"] is None
    changed = json_body(patch(owner_client, image, **body))
    # Addresses may be signed, and an answer to a PATCH has no vector.
    assert all(changed[name] == body[name] for name in changed.keys() - {"previews", "original"})


def test_the_answer_to_an_upload_can_be_sent_back(
    owner_client: Client, png: Callable[..., SimpleUploadedFile]
) -> None:
    body = json_body(owner_client.post("/api/v1/images/", {"file": png()}), 201)
    changed = json_body(patch(owner_client, Image.objects.get(), **body))
    assert {**changed, "kept": []} == body


def test_null_clears_the_external_id(owner_client: Client, owner: User) -> None:
    image = make_image(owner, external_id="sku-17")
    assert json_body(patch(owner_client, image, external_id=None))["external_id"] is None


def test_read_only_fields_are_ignored(owner_client: Client, owner: User, stranger: User) -> None:
    image = make_image(owner)
    body = json_body(
        patch(owner_client, image, owner=stranger.pk, sha256="0" * 64, status="failed", size=1)
    )
    assert (body["owner"], body["sha256"], body["status"], body["size"]) == (
        "owner", image.sha256, "ready", 1234,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x" * 201, "max_length"),
        ("title", None, "null"),
        ("title", "a\x00b", "null_character"),
        ("title", ["list"], "invalid"),
        ("caption", "x" * 2001, "max_length"),
        ("visibility", "nobody", "invalid_choice"),
        ("visibility", {"$ne": 1}, "invalid_choice"),
        ("taken_at", "soon", "invalid"),
        ("taken_at", 10**30, "invalid"),
        ("taken_at", "0001-01-01T00:00:00+14:00", "overflow"),
    ],
)
def test_an_invalid_value_is_reported_by_field(
    owner_client: Client, owner: User, field: str, value: object, code: str
) -> None:
    document = problem(patch(owner_client, make_image(owner), **{field: value}), 400, code)
    assert document["errors"][0]["attr"] == field


def test_a_lone_surrogate_is_rejected(owner_client: Client, owner: User) -> None:
    response = owner_client.patch(
        f"/api/v1/images/{make_image(owner).pk}/",
        rb'{"title": "\ud800"}',
        content_type="application/json",
    )
    problem(response, 400, "surrogate_characters_not_allowed")


def test_a_list_is_rejected(owner_client: Client, owner: User) -> None:
    response = owner_client.patch(
        f"/api/v1/images/{make_image(owner).pk}/", b"[1]", content_type="application/json"
    )
    problem(response, 400, "invalid")


def test_put_is_not_allowed(owner_client: Client, owner: User) -> None:
    response = owner_client.put(
        f"/api/v1/images/{make_image(owner).pk}/", {}, content_type="application/json"
    )
    problem(response, 405, "method_not_allowed")
