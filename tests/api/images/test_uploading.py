from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.curation.tags import limits
from gallery.models import Image
from tests.api.responses import json_body, problem

IMAGES = "/api/v1/images/"
Png = Callable[..., SimpleUploadedFile]


def test_an_upload_is_stored_with_its_location(owner_client: Client, owner: User, png: Png) -> None:
    response = owner_client.post(IMAGES, {"file": png()})
    body = json_body(response, 201)
    image = Image.objects.get()
    assert (body["id"], body["status"]) == (str(image.pk), "stored")
    assert body["url"] == f"http://testserver/pictures/{image.pk}/"
    assert response["Location"] == f"http://testserver/api/v1/images/{image.pk}/"
    assert image.owner == owner


def test_no_change_is_before_the_upload(owner_client: Client, png: Png) -> None:
    body = json_body(owner_client.post(IMAGES, {"file": png()}), 201)
    assert body["created_at"] <= body["updated_at"]


def test_an_upload_can_have_metadata(owner_client: Client, png: Png) -> None:
    fields = {
        "title": "Boat",
        "caption": "A red boat",
        "visibility": "private",
        "taken_at": "2026-05-04T12:00:00Z",
    }
    body = json_body(owner_client.post(IMAGES, {"file": png(), **fields}), 201)
    assert {name: body[name] for name in fields} == fields


def test_a_duplicate_returns_the_existing_image(owner_client: Client, png: Png) -> None:
    first = json_body(owner_client.post(IMAGES, {"file": png()}), 201)
    again = json_body(owner_client.post(IMAGES, {"file": png(), "title": "Other"}), 200)
    assert (again["id"], again["title"]) == (first["id"], first["title"])


def test_duplicates_of_other_owners_stay_secret(people: dict[str, Client], png: Png) -> None:
    theirs = json_body(people["owner"].post(IMAGES, {"file": png(), "visibility": "private"}), 201)
    mine = json_body(people["stranger"].post(IMAGES, {"file": png()}), 201)
    assert mine["id"] != theirs["id"]


def test_an_owner_in_the_form_is_refused(owner_client: Client, stranger: User, png: Png) -> None:
    document = problem(
        owner_client.post(IMAGES, {"file": png(), "owner": stranger.pk}), 400, "unknown"
    )
    assert document["errors"][0]["attr"] == "owner"


def test_a_field_that_is_sent_twice_is_refused(owner_client: Client, png: Png) -> None:
    body = {"file": png(), "title": ["a", "b"]}
    document = problem(owner_client.post(IMAGES, body), 400, "repeated")
    assert document["errors"][0]["attr"] == "title"
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("anonymous", 401), ("owner", 201), ("stranger", 201), ("curator", 201)]
)
def test_uploading_requires_login(
    people: dict[str, Client], png: Png, person: str, status: int
) -> None:
    assert people[person].post(IMAGES, {"file": png()}).status_code == status
    assert Image.objects.count() == (status == 201)


def test_anonymous_uploads_can_be_allowed(
    client: Client, db: None, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    assert json_body(client.post(IMAGES, {"file": png()}), 201)["owner"] is None


def test_a_closed_site_rejects_anonymous_uploads(
    client: Client, db: None, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False, anonymous_upload=True)
    problem(client.post(IMAGES, {"file": png()}), 401, "not_authenticated")


def test_a_private_picture_needs_an_owner(
    client: Client, db: None, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    response = client.post(IMAGES, {"file": png(), "visibility": "private"})
    problem(response, 400, "private_needs_owner")


def test_a_session_needs_the_csrf_token(owner: User, png: Png) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    problem(client.post(IMAGES, {"file": png()}), 403, "permission_denied")


def test_a_session_with_the_csrf_token_may_upload(owner: User, png: Png) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    client.get("/login/")
    token = client.get("/upload/").cookies["csrftoken"].value
    json_body(client.post(IMAGES, {"file": png()}, headers={"X-CSRFToken": token}), 201)


def test_a_missing_file_is_reported(owner_client: Client) -> None:
    document = problem(owner_client.post(IMAGES, {"title": "Boat"}), 400, "required")
    assert document["errors"][0]["attr"] == "file"


def test_text_instead_of_a_file_is_rejected(owner_client: Client) -> None:
    problem(owner_client.post(IMAGES, {"file": "boat.png"}), 400, "invalid")


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("empty.png", b"", 400, "empty_file"),
        ("page.png", b"<!doctype html><title>no picture</title>", 415, "unsupported_type"),
    ],
)
def test_a_file_that_is_no_picture_is_rejected(
    owner_client: Client, name: str, data: bytes, status: int, code: str
) -> None:
    file = SimpleUploadedFile(name, data, "image/png")
    problem(owner_client.post(IMAGES, {"file": file}), status, code)
    assert not Image.objects.exists()


def test_too_many_pixels_are_rejected(owner_client: Client, png: Png, gallery_setting: Any) -> None:
    gallery_setting(max_pixels=100)
    response = owner_client.post(IMAGES, {"file": png(size=(11, 10))})
    assert problem(response, 422, "too_many_pixels")["data"] == {"limit": 100}


def test_all_invalid_fields_are_reported(owner_client: Client, png: Png) -> None:
    fields = {"file": png(), "title": "x" * 201, "visibility": "none", "taken_at": "soon"}
    document = problem(owner_client.post(IMAGES, fields), 400, "invalid")
    assert {error["attr"] for error in document["errors"]} == {"title", "visibility", "taken_at"}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "image/png"])
def test_another_content_type_is_rejected(owner_client: Client, kind: str) -> None:
    response = owner_client.post(IMAGES, b"{}", content_type=kind)
    problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_rejected(owner_client: Client, kind: str) -> None:
    problem(owner_client.post(IMAGES, b"--x", content_type=kind), 400, "parse_error")


def test_a_hostile_file_name_is_shortened(owner_client: Client, png: Png, tmp_path: Any) -> None:
    file = png()
    file.name = "x" * 500 + "\u202egnp.png"
    json_body(owner_client.post(IMAGES, {"file": file}), 201)
    assert len(Image.objects.get().file_name) <= 255


@pytest.mark.parametrize(
    ("data", "status", "code"), [(b"", 400, "empty_file"), (b"a text", 415, "unsupported_type")]
)
def test_the_file_of_an_error_is_named(
    owner_client: Client, data: bytes, status: int, code: str
) -> None:
    response = owner_client.post(IMAGES, {"file": SimpleUploadedFile("a.png", data)})
    assert problem(response, status, code)["errors"][0]["attr"] == "file"


def test_an_upload_can_have_tags(people: dict[str, Client], png: Png) -> None:
    names = ["boat", " red  sail ", "BOAT"]
    body = json_body(people["owner"].post(IMAGES, {"file": png(), "tags": names}), 201)
    assert body["tags"] == ["boat", "red sail"]
    row = Image.objects.get().image_tags.filter(tag__name="boat").get()
    assert (row.source, row.decided_by_id) == ("person", Image.objects.get().owner_id)
    again = {"file": png(), "tags": ["sea"]}
    assert json_body(people["owner"].post(IMAGES, again))["tags"] == ["boat", "red sail"]
    update = {"file": png(), "tags": ["sea"], "on_duplicate": "update"}
    assert json_body(people["owner"].post(IMAGES, update))["tags"] == ["boat", "red sail", "sea"]


@pytest.mark.parametrize("tags", [["x" * 61], ["a\u202eb"], [str(n) for n in range(51)]])
def test_wrong_tags_refuse_the_upload(owner_client: Client, png: Png, tags: list[str]) -> None:
    response = owner_client.post(IMAGES, {"file": png(), "tags": tags})
    assert response.status_code == 400
    assert not Image.objects.exists()


def test_an_upload_with_too_many_new_tags_is_refused(
    owner_client: Client, png: Png, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NEW_NAMES_PER_DAY", 0)
    problem(owner_client.post(IMAGES, {"file": png(), "tags": ["x"]}), 409, "too_many_tags")
    assert not Image.objects.exists()
