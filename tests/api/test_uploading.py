from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import Image
from tests.api.answers import body, problem

IMAGES = "/api/v1/images/"
Png = Callable[..., SimpleUploadedFile]


def test_an_upload_is_stored_and_told_where(owner_client: Client, owner: User, png: Png) -> None:
    response = owner_client.post(IMAGES, {"file": png()})
    said = body(response, 201)
    image = Image.objects.get()
    assert (said["id"], said["status"]) == (str(image.pk), "stored")
    assert said["url"] == f"http://testserver/pictures/{image.pk}/"
    assert response["Location"] == f"http://testserver/api/v1/images/{image.pk}/"
    assert image.owner == owner


def test_an_upload_takes_words_visibility_and_the_moment(owner_client: Client, png: Png) -> None:
    fields = {
        "title": "Boat",
        "caption": "A red boat",
        "visibility": "private",
        "taken_at": "2026-05-04T12:00:00Z",
    }
    said = body(owner_client.post(IMAGES, {"file": png(), **fields}), 201)
    assert {name: said[name] for name in fields} == fields


def test_the_same_bytes_again_are_the_same_image(owner_client: Client, png: Png) -> None:
    first = body(owner_client.post(IMAGES, {"file": png()}), 201)
    again = body(owner_client.post(IMAGES, {"file": png(), "title": "Other"}), 200)
    assert (again["id"], again["title"]) == (first["id"], first["title"])


def test_nobody_learns_that_someone_else_has_a_picture(people: dict[str, Client], png: Png) -> None:
    theirs = body(people["owner"].post(IMAGES, {"file": png(), "visibility": "private"}), 201)
    mine = body(people["stranger"].post(IMAGES, {"file": png()}), 201)
    assert mine["id"] != theirs["id"]


def test_an_owner_in_the_form_is_ignored(owner_client: Client, stranger: User, png: Png) -> None:
    fields = {"file": png(), "owner": stranger.pk, "owner_id": stranger.pk, "state": "ready"}
    said = body(owner_client.post(IMAGES, fields), 201)
    assert (said["owner"], said["status"]) == ("owner", "stored")


@pytest.mark.parametrize(
    ("person", "status"), [("anonymous", 401), ("owner", 201), ("stranger", 201), ("curator", 201)]
)
def test_uploading_needs_a_login(
    people: dict[str, Client], png: Png, person: str, status: int
) -> None:
    assert people[person].post(IMAGES, {"file": png()}).status_code == status
    assert Image.objects.count() == (status == 201)


def test_a_site_may_take_uploads_from_everyone(
    client: Client, db: None, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    assert body(client.post(IMAGES, {"file": png()}), 201)["owner"] is None


def test_a_closed_site_takes_no_anonymous_upload(
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
    body(client.post(IMAGES, {"file": png()}, headers={"X-CSRFToken": token}), 201)


def test_a_missing_file_is_named(owner_client: Client) -> None:
    found = problem(owner_client.post(IMAGES, {"title": "Boat"}), 400, "required")
    assert found["errors"][0]["attr"] == "file"


def test_text_in_place_of_the_file_is_refused(owner_client: Client) -> None:
    problem(owner_client.post(IMAGES, {"file": "boat.png"}), 400, "invalid")


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("empty.png", b"", 400, "empty_file"),
        ("page.png", b"<!doctype html><title>no picture</title>", 415, "unsupported_type"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(
    owner_client: Client, name: str, data: bytes, status: int, code: str
) -> None:
    file = SimpleUploadedFile(name, data, "image/png")
    problem(owner_client.post(IMAGES, {"file": file}), status, code)
    assert not Image.objects.exists()


def test_too_many_pixels_are_refused_with_the_limit(
    owner_client: Client, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(max_pixels=100)
    response = owner_client.post(IMAGES, {"file": png(size=(11, 10))})
    assert problem(response, 422, "too_many_pixels")["data"] == {"limit": 100}


def test_all_wrong_fields_are_named_at_once(owner_client: Client, png: Png) -> None:
    fields = {"file": png(), "title": "x" * 201, "visibility": "none", "taken_at": "soon"}
    found = problem(owner_client.post(IMAGES, fields), 400, "invalid")
    assert {error["attr"] for error in found["errors"]} == {"title", "visibility", "taken_at"}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png"])
def test_a_body_that_is_no_form_is_refused(owner_client: Client, kind: str) -> None:
    response = owner_client.post(IMAGES, b"{}", content_type=kind)
    problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_refused(owner_client: Client, kind: str) -> None:
    problem(owner_client.post(IMAGES, b"--x", content_type=kind), 400, "parse_error")


def test_a_hostile_file_name_is_only_a_name(owner_client: Client, png: Png, tmp_path: Any) -> None:
    file = png()
    file.name = "x" * 500 + "\u202egnp.png"
    body(owner_client.post(IMAGES, {"file": file}), 201)
    assert len(Image.objects.get().file_name) <= 255
