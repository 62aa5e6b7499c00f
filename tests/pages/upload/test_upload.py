"""Uploads by the page's script: one request per file, JSON responses."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from gallery.models import Image, State
from tests.builders import make_image
from tests.pages.conftest import MakeFile

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def send(client: Client, file: SimpleUploadedFile | None, **fields: str) -> HttpResponse:
    data: dict[str, Any] = {"visibility": "public", **fields}
    if file:
        data["pictures"] = file
    return client.post("/upload/", data, headers=JSON)  # type: ignore[return-value]


def test_the_page_requires_login(client: Client, owner_client: Client) -> None:
    assert client.get("/upload/").headers["Location"] == "/login/?next=/upload/"
    assert owner_client.get("/upload/").status_code == 200


def test_a_new_picture_gives_201(owner: User, owner_client: Client, make_file: MakeFile) -> None:
    response = send(owner_client, make_file(), visibility="private")
    image = Image.objects.get()
    assert response.status_code == 201
    assert (image.owner, image.visibility, image.file_name) == (owner, "private", "boat.png")
    answer = response.json()  # type: ignore[attr-defined]
    assert answer["id"] == str(image.pk)
    assert (answer["state"], answer["settled"], answer["created"]) == ("stored", False, True)


def test_a_duplicate_is_reported(owner_client: Client, make_file: MakeFile) -> None:
    first = send(owner_client, make_file()).json()  # type: ignore[attr-defined]
    second = send(owner_client, make_file())
    assert second.status_code == 200
    answer = second.json()  # type: ignore[attr-defined]
    assert (answer["created"], answer["url"]) == (False, first["url"])


@pytest.mark.parametrize(
    ("file", "status", "code", "message"),
    [
        (SimpleUploadedFile("a.png", b""), 400, "empty_file", "The file is empty."),
        (SimpleUploadedFile("a.png", b"<html>"), 415, "unsupported_type", "not supported"),
        (None, 400, "empty_file", "The file is empty."),
    ],
)
def test_a_rejected_file_has_a_message(
    owner_client: Client, file: SimpleUploadedFile | None, status: int, code: str, message: str
) -> None:
    response = send(owner_client, file)
    answer = response.json()  # type: ignore[attr-defined]
    assert (response.status_code, answer["code"]) == (status, code)
    assert message in answer["message"]


def test_a_file_over_the_limit_is_rejected(
    owner_client: Client, make_file: MakeFile, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=3 << 20)
    response = send(owner_client, SimpleUploadedFile("a.png", b"\x89PNG" + b"\0" * (3 << 20)))
    assert response.status_code == 413
    assert response.json()["message"].startswith("The file is larger than 3 MB. Save a smaller")  # type: ignore[attr-defined]


def test_messages_are_translated(owner_client: Client) -> None:
    response = owner_client.post(
        "/upload/",
        {"visibility": "public", "pictures": SimpleUploadedFile("a.png", b"")},
        headers={**JSON, "Accept-Language": "zh-Hans"},
    )
    assert response.json()["message"].startswith("文件是空的。")


def test_without_login_the_status_is_401(client: Client, make_file: MakeFile) -> None:
    response = send(client, make_file())
    assert response.status_code == 401
    assert response.json()["code"] == "login_required"  # type: ignore[attr-defined]
    assert not Image.objects.exists()


def test_anonymous_uploads_are_public_if_allowed(
    client: Client, make_file: MakeFile, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    assert send(client, make_file(), visibility="private").status_code == 400
    assert send(client, make_file()).status_code == 201
    assert Image.objects.get().owner is None


def test_a_visitor_gets_no_link_to_hidden_pictures(
    client: Client, make_file: MakeFile, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    send(client, make_file())
    image = Image.objects.get()
    Image.objects.update(visibility="members")
    response = send(client, make_file())
    assert response.status_code == 409
    assert str(image.pk) not in response.content.decode()
    assert "was uploaded before" in response.json()["message"]  # type: ignore[attr-defined]


def test_one_request_returns_the_progress_of_all(owner: User, owner_client: Client) -> None:
    ready, failed = make_image(owner), make_image(owner, state=State.FAILED, error_code="corrupt")
    answer = owner_client.get(f"/upload/status/?ids={ready.pk},{failed.pk}").json()
    progress = {row["id"]: row for row in answer["images"]}
    assert (progress[str(ready.pk)]["state"], progress[str(ready.pk)]["settled"]) == ("ready", True)
    assert progress[str(failed.pk)]["problem"].startswith(
        "The picture is damaged and cannot be read. If it opens on your computer"
    )


def test_progress_omits_hidden_and_deleted_pictures(owner: User, stranger_client: Client) -> None:
    image = make_image(owner, visibility="private")
    assert stranger_client.get(f"/upload/status/?ids={image.pk}").json() == {"images": []}


def test_invalid_ids_are_a_400(owner_client: Client) -> None:
    assert owner_client.get("/upload/status/?ids=1,2", headers=JSON).status_code == 400
