"""What an upload of a picture that its owner already has does with the fields of the upload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests.api.responses import json_body, problem

IMAGES = "/api/v1/images/"
FIRST = {
    "title": "Boat",
    "visibility": "private",
    "metadata": '{"a": 1}',
    "taken_at": "2026-05-04T12:00:00Z",
}
SECOND = {
    "title": "Ship",
    "visibility": "public",
    "metadata": '{"a": 2}',
    "taken_at": "2026-05-05T12:00:00Z",
}
Upload = Callable[..., Any]


@pytest.fixture
def upload(owner_client: Client, png: Callable[..., SimpleUploadedFile]) -> Upload:
    return lambda **fields: owner_client.post(IMAGES, {"file": png(), **fields})


def test_a_new_picture_keeps_nothing(upload: Upload) -> None:
    assert json_body(upload(**FIRST), 201)["kept"] == []


@pytest.mark.parametrize("mode", [{}, {"on_duplicate": "keep"}])
def test_the_fields_that_were_kept_are_named(upload: Upload, mode: dict[str, str]) -> None:
    json_body(upload(**FIRST), 201)
    body = json_body(upload(**SECOND, **mode), 200)
    assert body["kept"] == ["title", "visibility", "taken_at", "metadata"]
    assert (body["title"], body["visibility"]) == ("Boat", "private")


def test_equal_and_missing_fields_are_not_named(upload: Upload) -> None:
    json_body(upload(**FIRST), 201)
    assert json_body(upload(), 200)["kept"] == []
    again = upload(title="  Boat ", taken_at="2026-05-04T14:00:00+02:00", visibility="private")
    assert json_body(again, 200)["kept"] == []
    assert json_body(upload(title=""), 200)["kept"] == ["title"]


def test_an_external_id_is_taken_once(upload: Upload) -> None:
    json_body(upload(), 201)
    for external_id, kept in (("1", []), ("1", []), ("2", ["external_id"])):
        body = json_body(upload(external_id=external_id), 200)
        assert (body["external_id"], body["kept"]) == ("1", kept)


def test_an_update_sets_the_fields_of_the_upload(upload: Upload) -> None:
    first = json_body(upload(**FIRST, caption="Red"), 201)
    body = json_body(upload(**SECOND, external_id="1", on_duplicate="update"), 200)
    assert (body["id"], body["kept"]) == (first["id"], [])
    assert (body["title"], body["visibility"], body["caption"]) == ("Ship", "public", "Red")
    assert (body["metadata"], body["external_id"]) == ({"a": 2}, "1")
    assert body["updated_at"] > first["updated_at"]


def test_an_update_takes_no_others_external_id(
    upload: Upload, owner_client: Client, png: Callable[..., SimpleUploadedFile]
) -> None:
    other = owner_client.post(IMAGES, {"file": png("blue"), "external_id": "1"}).json()
    json_body(upload(**FIRST), 201)
    response = upload(**SECOND, external_id="1", on_duplicate="update")
    assert problem(response, 409, "external_id_taken")["data"]["image_id"] == other["id"]
    assert json_body(upload(), 200)["title"] == "Boat"


def test_an_error_names_the_image(upload: Upload) -> None:
    json_body(upload(**SECOND, on_duplicate="error"), 201)
    image = Image.objects.get()
    storage.original_path(image).unlink()
    document = problem(upload(**FIRST, on_duplicate="error"), 409, "duplicate")
    assert document["data"] == {"image_id": str(image.pk)}
    image.refresh_from_db()
    assert image.title == "Ship"
    assert not storage.original_path(image).exists()  # nothing is changed


def test_without_login_nothing_is_updated(
    client: Client, db: None, png: Callable[..., SimpleUploadedFile], gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    form = {"title": "Boat", "on_duplicate": "keep"}
    json_body(client.post(IMAGES, {"file": png(), **form}), 201)
    response = client.post(IMAGES, {"file": png(), **form, "on_duplicate": "update"})
    assert problem(response, 400, "update_needs_owner")["errors"][0]["attr"] == "on_duplicate"


@pytest.mark.parametrize("mode", ["keep", "error"])
def test_a_visitor_learns_nothing_of_hidden_pictures(
    mode: str,
    client: Client,
    db: None,
    png: Callable[..., SimpleUploadedFile],
    gallery_setting: Any,
) -> None:
    gallery_setting(anonymous_upload=True)
    form = {"title": "Secret boat", "visibility": "members"}
    json_body(client.post(IMAGES, {"file": png(), **form}), 201)
    image = Image.objects.get()
    response = client.post(IMAGES, {"file": png(), "title": "Ship", "on_duplicate": mode})
    document = problem(response, 409, "duplicate")
    assert "data" not in document
    for secret in ("Secret", "members", str(image.pk)):
        assert secret not in response.content.decode()


@pytest.mark.parametrize("etag", ["*", '"x"'])
def test_an_upload_names_no_version(
    upload: Upload, owner_client: Client, png: Callable[..., SimpleUploadedFile], etag: str
) -> None:
    json_body(upload(title="Boat"), 201)
    form = {"file": png(), "title": "Ship", "on_duplicate": "update"}
    response = owner_client.post(IMAGES, form, headers={"If-Match": etag})
    problem(response, 412, "precondition_failed")
    assert Image.objects.get().title == "Boat"


def test_an_unknown_choice_is_refused(upload: Upload) -> None:
    problem(upload(on_duplicate="replace"), 400, "invalid_choice")
