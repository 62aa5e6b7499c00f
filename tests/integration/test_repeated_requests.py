"""Writes with an ``Idempotency-Key``, done once however often they are sent."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from gallery.core.errors import StorageFull
from gallery.integration import retention, stored_answers
from gallery.media import storage
from gallery.models import Image, ImportJob, StoredAnswer
from gallery.models.locks import Lock
from tests import other_process, scenes
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_image, make_token

IMAGES = "/api/v1/images/"
IMPORTS = "/api/v1/imports/"
BULK = "/api/v1/images/bulk-update/"


def key_header(key: str = "a") -> dict[str, str]:
    return {"Idempotency-Key": key}


def png(size: int = 8) -> SimpleUploadedFile:
    return SimpleUploadedFile("boat.png", scenes.plain(size=(size, size)), "image/png")


def upload(client: Client, key: str = "a", **fields: Any) -> Any:
    body = {"file": png(), "title": "Boat", **fields}
    return client.post(IMAGES, body, headers=key_header(key))


def test_a_repetition_gets_the_same_answer(owner_client: Client) -> None:
    first, again = upload(owner_client), upload(owner_client)
    assert json_body(first, 201) == json_body(again, 201)
    for name in ("ETag", "Location", "Content-Type"):
        assert first[name] == again[name]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert json_body(upload(owner_client, "b"))["id"] == first.json()["id"]


def test_a_repetition_changes_nothing(owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    address, body = f"{IMAGES}{image.pk}/", {"title": "Boat"}

    def patch() -> Any:
        return owner_client.patch(address, body, "application/json", headers=key_header())

    first = patch()
    Image.objects.update(title="Changed since")
    assert json_body(patch()) == json_body(first)
    assert Image.objects.get().title == "Changed since"


def test_a_repeated_deletion_is_done(owner_client: Client, owner: User) -> None:
    address = f"{IMAGES}{make_image(owner).pk}/"
    answers = [owner_client.delete(address, headers=key_header()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1].content == b""
    problem(owner_client.delete(address, headers=key_header("b")), 404, "not_found")


def test_a_repeated_import_is_started_once(owner_client: Client, owner: User) -> None:
    table = b"url\nhttps://example.org/boat.jpg\n"

    def start(key: str) -> Any:
        body = {"file": SimpleUploadedFile("boats.csv", table, "text/csv")}
        return json_body(owner_client.post(IMPORTS, body, headers=key_header(key)), 201)

    first, again, other = start("a"), start("a"), start("b")
    assert first["id"] == again["id"] != other["id"]
    assert ImportJob.objects.of(owner).count() == 2


def test_results_of_many_are_repeated(owner_client: Client, owner: User) -> None:
    items = {"images": [{"id": str(make_image(owner).pk)}, {"id": str(uuid.uuid4())}]}
    address = "/api/v1/images/bulk-delete/"
    first, again = (
        owner_client.post(address, items, "application/json", headers=key_header())
        for _ in range(2)
    )
    assert json_body(first) == json_body(again)
    assert first.json()["results"][0]["error"] is None


@pytest.mark.parametrize("fields", [{"title": "Ship"}, {"file": None}, {"caption": "x"}])
def test_another_request_is_refused(owner_client: Client, fields: dict[str, Any]) -> None:
    upload(owner_client)
    if "file" in fields:
        fields = {"file": png(9)}
    problem(upload(owner_client, **fields), 422, "idempotency_key_reused")
    assert Image.objects.count() == 1


def test_another_address_is_refused(owner_client: Client, owner: User) -> None:
    for image, status in ((make_image(owner), 204), (make_image(owner), 422)):
        response = owner_client.delete(f"{IMAGES}{image.pk}/", headers=key_header())
        assert response.status_code == status
    assert Image.objects.count() == 1


def test_keys_of_people_are_their_own(owner_client: Client, stranger_client: Client) -> None:
    ids = {json_body(upload(client), 201)["id"] for client in (owner_client, stranger_client)}
    assert len(ids) == 2


def test_visitors_have_keys_by_address(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(anonymous_upload=True)
    first, again = upload(client), upload(client)
    assert (first.status_code, again["Idempotent-Replayed"]) == (201, "true")
    body = {"file": png(), "title": "Boat"}
    other = client.post(IMAGES, body, headers=key_header(), REMOTE_ADDR="192.0.2.7")
    assert "Idempotent-Replayed" not in other


def test_quotation_marks_are_no_part_of_keys(owner_client: Client) -> None:
    upload(owner_client, '"a"')
    assert upload(owner_client)["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 256, "\u00e9"])
def test_a_wrong_key_is_refused(owner_client: Client, key: str) -> None:
    problem(upload(owner_client, key), 400, "idempotency_key")
    assert not Image.objects.exists()


def test_an_error_is_not_kept(owner_client: Client) -> None:
    problem(upload(owner_client, file=SimpleUploadedFile("a", b"x")), 415, "unsupported_type")
    json_body(upload(owner_client), 201)


def test_a_result_that_may_pass_is_not_kept(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise StorageFull("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "keep", full)
        results = json_body(upload(owner_client, file=[png(), png(9)]), 207)["results"]
        assert [each["status"] for each in results] == [507, 507]
    results = json_body(upload(owner_client, file=[png(), png(9)]), 207)["results"]
    assert [each["status"] for each in results] == [201, 201]


def test_fewer_rights_get_no_stored_answer(curator: User) -> None:
    tokens = [make_token(curator), make_token(curator, "write")]
    answers = [
        Client().post(IMAGES, {"file": png()}, headers={**by_token(token), **key_header()})
        for token in tokens
    ]
    assert answers[0].status_code == 201
    problem(answers[1], 422, "idempotency_key_reused")


@pytest.mark.django_db(transaction=True)
def test_a_request_in_progress_is_a_conflict(owner_client: Client, owner: User) -> None:
    body = {"images": [{"id": str(make_image(owner).pk), "title": "Boat"}]}
    answers: list[Any] = []
    other_client = Client()
    other_client.force_login(owner)

    def send() -> None:
        answers.append(other_client.post(BULK, body, "application/json", headers=key_header()))
        connection.close()

    with transaction.atomic():
        Image.objects.select_for_update().get()
        first = threading.Thread(target=send)
        first.start()
        response = _until_refused(owner_client, body)
    first.join()
    problem(response, 409, "request_in_progress")
    assert response["Retry-After"] == "1"
    assert answers[0].status_code == 200
    again = owner_client.post(BULK, body, "application/json", headers=key_header())
    assert again.json() == answers[0].json()


def _until_refused(client: Client, body: Any) -> Any:
    """Waits until the first request has locked the key.

    An earlier request would get the key itself.
    """
    deadline = timezone.now() + timedelta(seconds=30)
    while timezone.now() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
                [Lock.IDEMPOTENCY_KEY],
            )
            if cursor.fetchone()[0]:
                return client.post(BULK, body, "application/json", headers=key_header())
    raise AssertionError("no request has the key")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_killed_process_loses_no_answer(owner_client: Client, owner: User, dies: str) -> None:
    picture = scenes.plain(size=(8, 8))
    program = other_process.start(
        "tests.integration.programs.upload_and_die", dies=dies, key="a", picture=picture.hex()
    )
    with program:
        assert program.wait(120) == -9
    assert Image.objects.count() == (dies == "after")
    response = upload(owner_client)
    assert json_body(response, 201)["title"] == "Boat"
    assert response.has_header("Idempotent-Replayed") == (dies == "after")
    assert Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # otherwise all answers would have the same time
def test_old_answers_are_deleted(
    owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b", "c"):
        upload(owner_client, key)
    StoredAnswer.objects.filter(status=201).update(created_at=Now() - timedelta(hours=25))
    retention.delete_old()
    assert StoredAnswer.objects.count() == 2
    monkeypatch.setattr(stored_answers, "MOST_ANSWERS", 1)
    retention.delete_old()
    assert StoredAnswer.objects.get().pk == stored_answers.digest_of("c", owner)


def test_a_key_is_free_after_its_time(owner_client: Client) -> None:
    upload(owner_client)
    StoredAnswer.objects.update(created_at=Now() - timedelta(hours=25))
    assert "Idempotent-Replayed" not in upload(owner_client)
    assert upload(owner_client)["Idempotent-Replayed"] == "true"
