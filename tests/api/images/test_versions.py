"""The ETag of an image, and changes of the version that a client has read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import json_body, problem
from tests.builders import make_embedding, make_image, unit_vector


def address(image: Image) -> str:
    return f"/api/v1/images/{image.pk}/"


def patch(client: Client, image: Image, etag: str, **fields: Any) -> Any:
    headers = {"If-Match": etag}
    return client.patch(address(image), fields, content_type="application/json", headers=headers)


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner, title="Boat")


def test_the_version_that_was_read_is_changed(owner_client: Client, image: Image) -> None:
    etag = owner_client.get(address(image))["ETag"]
    assert etag.startswith('"')
    response = patch(owner_client, image, etag, title="Ship")
    assert json_body(response)["title"] == "Ship"
    assert response["ETag"] == owner_client.get(address(image))["ETag"] != etag


def test_another_version_is_not_changed(owner_client: Client, image: Image) -> None:
    etag = owner_client.get(address(image))["ETag"]
    patch(owner_client, image, "*", title="Ship")
    problem(patch(owner_client, image, etag, title="Tree"), 412, "precondition_failed")
    response = owner_client.delete(address(image), headers={"If-Match": etag})
    problem(response, 412, "precondition_failed")
    image.refresh_from_db()
    assert image.title == "Ship"


def test_the_version_that_was_read_is_deleted(owner_client: Client, image: Image) -> None:
    etag = owner_client.get(address(image))["ETag"]
    assert owner_client.delete(address(image), headers={"If-Match": etag}).status_code == 204
    assert not Image.objects.exists()


@pytest.mark.parametrize("etag", ["", "x", '"x"', 'W/"x", "y"', '"*"', 'W/"*"'])
def test_an_unknown_etag_changes_nothing(owner_client: Client, image: Image, etag: str) -> None:
    problem(patch(owner_client, image, etag, title="Ship"), 412, "precondition_failed")


def test_one_of_several_etags_is_enough(owner_client: Client, image: Image) -> None:
    etag = owner_client.get(address(image))["ETag"]
    assert patch(owner_client, image, f'"x", {etag}', title="Ship").status_code == 200


def test_compression_and_vectors_keep_the_version(
    owner_client: Client, image: Image, space: EmbeddingSpace
) -> None:
    make_embedding(image, space, unit_vector(1))
    etag = owner_client.get(address(image), {"with_vector": "true"})["ETag"]
    assert etag != owner_client.get(address(image))["ETag"]
    assert patch(owner_client, image, f"W/{etag}", title="Ship").status_code == 200


def test_an_etag_is_stable_for_one_person(people: dict[str, Client], image: Image) -> None:
    etags = {
        person: {client.get(address(image))["ETag"] for _ in range(2)}
        for person, client in people.items()
    }
    assert all(len(values) == 1 for values in etags.values())
    assert etags["owner"] != etags["stranger"]


def test_any_visible_change_gives_another_etag(owner_client: Client, image: Image) -> None:
    etags = [owner_client.get(address(image))["ETag"]]
    for change in ({"state": "failed", "error_code": "corrupt"}, {"colour": "#102030"}):
        Image.objects.update(**change)
        etags.append(owner_client.get(address(image))["ETag"])
    assert len(set(etags)) == 3


@pytest.mark.parametrize("taken_at", [None, "2026-05-04T12:00:00Z"])
def test_an_equal_change_keeps_the_version(
    owner_client: Client, owner: User, taken_at: str | None
) -> None:
    image = make_image(owner, title="Boat", taken_at=taken_at, metadata={"a": [1, {"b": "c"}]})
    before = owner_client.get(address(image))
    same: list[dict[str, Any]] = [{}, json_body(before)]
    for changes in same:
        response = patch(owner_client, image, before["ETag"], **changes)
        assert json_body(response) == json_body(before)
        assert response["ETag"] == before["ETag"]
    response = patch(owner_client, image, before["ETag"], title="Boat", metadata={"a": [1]})
    assert json_body(response)["updated_at"] > json_body(before)["updated_at"]
    assert response["ETag"] != before["ETag"]


def test_permission_comes_before_the_version(people: dict[str, Client], image: Image) -> None:
    for person, status in (("anonymous", 401), ("stranger", 403)):
        assert patch(people[person], image, '"x"', title="Ship").status_code == status


@pytest.mark.django_db(transaction=True)
def test_of_racing_changes_one_wins(owner: User) -> None:
    image, threads = make_image(owner, title="Boat"), 6
    clients = [Client() for _ in range(threads)]
    for client in clients:
        client.force_login(owner)
    etag = clients[0].get(address(image))["ETag"]
    start = threading.Barrier(threads)

    def change(client: Client) -> int:
        start.wait()
        try:
            return int(patch(client, image, etag, title=f"Ship {id(client)}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        statuses = sorted(pool.map(change, clients))
    assert statuses == [200] + [412] * (threads - 1)


@pytest.mark.parametrize("path", ["images/", "statistics/"])
def test_an_unchanged_answer_is_304(owner_client: Client, image: Image, path: str) -> None:
    etag = owner_client.get(f"/api/v1/{path}")["ETag"]
    again = owner_client.get(f"/api/v1/{path}", headers={"If-None-Match": etag})
    assert again.status_code == 304


def test_a_search_has_no_etag(owner_client: Client, image: Image) -> None:
    for path in ("search/?q=boat&mode=words", "search/?owner=me"):
        response = owner_client.get(f"/api/v1/{path}")
        assert response.status_code == 200
        assert "ETag" not in response.headers
        assert "no-store" in response["Cache-Control"]


def test_an_upload_tells_its_version(
    owner_client: Client, png: Callable[..., SimpleUploadedFile]
) -> None:
    response = owner_client.post("/api/v1/images/", {"file": png()})
    image = Image.objects.get()
    assert response["ETag"] == owner_client.get(address(image))["ETag"]
    assert patch(owner_client, image, response["ETag"], title="Ship").status_code == 200


def test_only_the_version_read_is_retried(owner_client: Client, owner: User) -> None:
    image = make_image(owner, state="failed", error_code="corrupt")
    etag = owner_client.get(address(image))["ETag"]
    for sent in ('"x"', etag):
        answer = owner_client.post(f"{address(image)}retry/", headers={"If-Match": sent})
        assert answer.status_code == (200 if sent == etag else 412)
        assert Image.objects.get().state == ("stored" if sent == etag else "failed")
    assert answer["ETag"] == owner_client.get(address(image))["ETag"]


@pytest.mark.parametrize("path", ["images/{id}/", "images/", "status/", "statistics/"])
def test_reading_ignores_if_match(owner_client: Client, image: Image, path: str) -> None:
    path = f"/api/v1/{path.format(id=image.pk)}"
    date = "Sat, 01 Jan 2000 00:00:00 GMT"
    for headers in ({"If-Match": '"x"'}, {"If-Unmodified-Since": date}):
        assert json_body(owner_client.get(path, headers=headers))
