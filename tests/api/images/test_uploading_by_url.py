from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.ingest.by_url import fetched, new_deadline
from gallery.models import Image
from tests.picture_server import PictureServer

pytestmark = pytest.mark.django_db
Png = Callable[..., SimpleUploadedFile]


@pytest.fixture
def url(picture_server: PictureServer, png: Png) -> str:
    picture_server.files["/boats/red one.png"] = png().read()
    return picture_server.url("/boats/red%20one.png")


def upload(client: Client, **fields: Any) -> Any:
    return client.post("/api/v1/images/", fields, "application/json")


def test_the_picture_of_a_url_is_stored(owner_client: Client, owner: User, url: str) -> None:
    response = upload(owner_client, url=url, title="A boat", tags=["boat"], metadata={"a": 1})
    assert response.status_code == 201, response.json()
    image = Image.objects.get(pk=response.json()["id"])
    assert (image.owner, image.file_name, image.title) == (owner, "red one.png", "A boat")
    assert (image.tag_names, image.metadata) == ("boat", {"a": 1})


def test_a_picture_of_a_url_can_be_a_duplicate(owner_client: Client, url: str, png: Png) -> None:
    first = owner_client.post("/api/v1/images/", {"file": png()})
    second = upload(owner_client, url=url)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_the_name_of_the_file_can_be_given(owner_client: Client, url: str) -> None:
    answer = upload(owner_client, url=url, file_name="mine.png").json()
    assert Image.objects.get(pk=answer["id"]).file_name == "mine.png"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/missing", 422, "url_answer"),
        ("/broken", 422, "url_unreachable"),
        ("/cut-off", 422, "url_unreachable"),
        ("/huge", 413, "file_too_large"),
        ("/text", 415, "unsupported_type"),
    ],
)
def test_what_is_no_picture_is_refused(
    owner_client: Client, picture_server: PictureServer, path: str, status: int, code: str
) -> None:
    picture_server.files["/text"] = b"not a picture"
    response = upload(owner_client, url=picture_server.url(path))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["errors"][0]["attr"] == "url"
    assert "canary" not in response.content.decode()
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("ftp://example.org/a.png", 422, "url_refused"),
        ("http://user:password@example.org/a.png", 422, "url_refused"),
        ("http://example.org:22/a.png", 422, "url_refused"),
        ("boat.png", 422, "url_refused"),
        ("http://127.0.0.1/a.png", 422, "url_unreachable"),
        ("http://localhost/a.png", 422, "url_unreachable"),
        ("http://no-such-host.invalid/a.png", 422, "url_unreachable"),
    ],
)
def test_other_urls_are_refused(owner_client: Client, url: str, status: int, code: str) -> None:
    response = upload(owner_client, url=url)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["errors"][0]["attr"] == "url"


def test_local_servers_answer_like_missing_ones(owner_client: Client) -> None:
    local = upload(owner_client, url="http://127.0.0.1/a.png").json()
    missing = upload(owner_client, url="http://no-such-host.invalid/a.png").json()
    assert local == missing


@pytest.mark.parametrize("fields", [{}, {"title": "A boat"}])
def test_a_picture_is_required(owner_client: Client, fields: dict[str, str]) -> None:
    response = upload(owner_client, **fields)
    assert (response.status_code, response.json()["code"]) == (400, "required")


def test_file_and_url_together_are_refused(owner_client: Client, url: str) -> None:
    response = upload(owner_client, url=url, file="iVBORw0K")
    assert (response.status_code, response.json()["code"]) == (400, "exactly_one")


def test_visitors_have_nothing_fetched(
    url: str, picture_server: PictureServer, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    response = upload(Client(), url=url)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert picture_server.requests == []


def test_a_site_can_fetch_nothing(
    owner_client: Client, url: str, picture_server: PictureServer, gallery_setting: Any
) -> None:
    gallery_setting(fetch_urls=False)
    response = upload(owner_client, url=url)
    assert (response.status_code, response.json()["code"]) == (403, "fetching_off")
    assert picture_server.requests == []


def test_one_person_fetches_no_more_than_allowed(
    owner_client: Client, url: str, settings: Any
) -> None:
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "fetched_urls": "2/h"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    statuses = [upload(owner_client, url=url).status_code for _ in range(3)]
    assert statuses == [201, 200, 429]


def test_slow_servers_do_not_occupy_all_threads(
    owner_client: Client, stranger: User, curator: User, url: str
) -> None:
    end = new_deadline()
    with (
        fetched(url, user=stranger, deadline=end), fetched(url, user=curator, deadline=end)
    ):  # fmt: skip
        response = upload(owner_client, url=url)
    assert (response.status_code, response.json()["code"]) == (503, "too_busy")
    assert int(response["Retry-After"]) > 0
    assert upload(owner_client, url=url).status_code == 201


def test_one_person_does_not_occupy_all_places(
    owner_client: Client, stranger_client: Client, owner: User, url: str
) -> None:
    with fetched(url, user=owner, deadline=new_deadline()):
        assert upload(owner_client, url=url).status_code == 503
        assert upload(stranger_client, url=url).status_code == 201


def test_a_host_that_cannot_be_decoded_is_refused(owner_client: Client) -> None:
    response = upload(owner_client, url="http://my_host.xn--p1ai/a.png")
    assert (response.status_code, response.json()["code"]) == (422, "url_unreachable")
