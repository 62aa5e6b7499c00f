"""The field for a URL on the upload page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.pages.conftest import MakeFile
from tests.picture_server import PictureServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(picture_server: PictureServer, make_file: MakeFile) -> str:
    picture_server.files["/boat.png"] = make_file().read()
    return picture_server.url("/boat.png")


def results(client: Client, **fields: Any) -> str:
    response = client.post("/upload/", {"visibility": "private", **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_picture_of_a_url_is_uploaded(owner: User, owner_client: Client, url: str) -> None:
    page = results(owner_client, url=f" {url} ")
    image = Image.objects.get()
    assert (image.owner, image.visibility, image.file_name) == (owner, "private", "boat.png")
    assert str(image.pk) in page


def test_file_and_url_have_a_result_each(
    owner_client: Client, url: str, make_file: MakeFile
) -> None:
    page = results(owner_client, url=url, pictures=make_file(size=(30, 20)))
    assert Image.objects.count() == 2
    assert page.count('class="outcome') == 2


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("http://127.0.0.1/a.png", "No picture could be fetched from this URL."),
        ("file:///etc/passwd", "not the http or https URL"),
        ("/missing", "did not send a picture"),
    ],
)
def test_a_url_without_a_picture_has_a_message(
    owner_client: Client, picture_server: PictureServer, bad: str, message: str
) -> None:
    if bad == "/missing":
        bad = picture_server.url(bad)
    assert message in results(owner_client, url=bad)
    assert not Image.objects.exists()


def test_the_field_is_for_people_with_a_login(
    client: Client, owner_client: Client, gallery_setting: Any, url: str
) -> None:
    gallery_setting(anonymous_upload=True)
    assert 'name="url"' in owner_client.get("/upload/").content.decode()
    assert 'name="url"' not in client.get("/upload/").content.decode()
    response = client.post("/upload/", {"visibility": "public", "url": url})
    assert "Choose at least one picture." in response.content.decode()
    assert not Image.objects.exists()


def test_nothing_chosen_is_an_error(owner_client: Client) -> None:
    response = owner_client.post("/upload/", {"visibility": "public", "url": " "})
    assert "Choose at least one picture." in response.content.decode()


def test_the_script_gets_the_state(owner_client: Client, url: str) -> None:
    fields = {"visibility": "private", "url": url}
    response = owner_client.post("/upload/", fields, headers={"Accept": "application/json"})
    answer: Any = response.json()
    assert (response.status_code, answer["created"], answer["state"]) == (201, True, "stored")
    assert Image.objects.get().visibility == "private"


def test_a_page_is_no_picture(owner_client: Client, picture_server: PictureServer) -> None:
    picture_server.files["/page"] = b"<html>"
    fields = {"visibility": "public", "url": picture_server.url("/page")}
    response = owner_client.post("/upload/", fields, headers={"Accept": "application/json"})
    answer: Any = response.json()
    assert (response.status_code, answer["code"]) == (422, "url_answer")


def test_results_show_no_password(owner_client: Client) -> None:
    page = results(owner_client, url="http://ann:hunter2@example.org/a.png")
    assert "hunter2" not in page
    assert "http://example.org/a.png" in page
