"""Moderation through the API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from gallery.ingest.accept import accept
from gallery.models import Image, Visibility
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_image, make_moderator, make_token, moderate
from tests.scenes import photo

pytestmark = pytest.mark.django_db

QUEUE = "/api/v1/moderation/"


@pytest.fixture
def moderator(db: None) -> Client:
    return Client(headers=by_token(make_token(make_moderator("mo"), "write", "admin")))


@pytest.fixture
def hidden(owner: User) -> Image:
    return moderate(make_image(owner, title="A toy"), "reject", note="Why?")


def address(image: Image, rest: str = "") -> str:
    return f"/api/v1/images/{image.pk}/moderation/{rest}"


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields, "application/json")


def test_owner_and_moderators_see_the_state(
    hidden: Image, moderator: Client, owner_client: Client, stranger_client: Client
) -> None:
    path = f"/api/v1/images/{hidden.pk}/"
    assert json_body(owner_client.get(path))["moderation"] == "hidden"
    assert json_body(moderator.get(path))["moderation"] == "hidden"
    moderate(hidden, "restore")
    assert json_body(stranger_client.get(path))["moderation"] is None


def test_the_owner_reads_reasons_without_names(hidden: Image, owner_client: Client) -> None:
    body = json_body(owner_client.get(address(hidden)))
    [reason] = body["reasons"]
    assert (body["state"], body["may_appeal"], reason["note"]) == ("hidden", True, "Why?")
    assert (reason["decided_by"], reason["action"]) == (None, "reject")


def test_a_note_and_its_answer(hidden: Image, owner_client: Client, moderator: Client) -> None:
    sent = json_body(post(owner_client, address(hidden, "appeal/"), text="It is a toy."))
    assert sent["may_appeal"] is False
    [item] = json_body(moderator.get(QUEUE, {"queue": "appeals"}))["results"]
    assert item["image"]["id"] == str(hidden.pk)
    assert item["moderation"]["reasons"][0]["appeal"]["text"] == "It is a toy."
    assert post(moderator, address(hidden), action="restore", note="Yes.").status_code == 200
    body = json_body(owner_client.get(address(hidden)))
    assert (body["state"], body["reasons"][0]["note"]) == ("visible", "Yes.")
    assert body["history"][1]["appeal"]["is_answered"] is True


@pytest.mark.parametrize(
    ("queue", "found"), [("held", False), ("hidden", True), ("blocked", False)]
)
def test_the_queues_are_by_state(hidden: Image, moderator: Client, queue: str, found: bool) -> None:
    assert bool(json_body(moderator.get(QUEUE, {"queue": queue}))["results"]) == found


def test_without_the_scope_admin_nobody_moderates(hidden: Image) -> None:
    person = make_moderator("other")
    client = Client(headers=by_token(make_token(person, "write")))
    problem(post(client, address(hidden), action="restore"), 404, "not_found")
    moderate(hidden, "restore")
    for response in (
        client.get(QUEUE),
        client.get(address(hidden)),
        post(client, address(hidden), action="block"),
    ):
        assert problem(response, 403, "scope")["data"] == {"scope": "admin"}


def test_others_do_not_moderate_with_any_token(hidden: Image, stranger: User) -> None:
    client = Client(headers=by_token(make_token(stranger, "write")))
    problem(client.get(QUEUE), 403, "permission_denied")


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "required"), ({"action": "restore", "expected": "x"}, "invalid_choice"),
     ({"action": "hold"}, "invalid_choice"), ({"action": "restore", "x": "y"},
     "unknown"), ({"action": "restore", "note": "x" * 1001}, "max_length"),
     ({"action": "undo", "note": "x"}, "invalid")],
)  # fmt: skip
def test_a_bad_decision_is_400(
    hidden: Image, moderator: Client, fields: dict[str, str], code: str
) -> None:
    problem(post(moderator, address(hidden), **fields), 400, code)


def test_unknown_parameters_are_400(moderator: Client) -> None:
    problem(moderator.get(QUEUE, {"state": "held"}), 400, "unknown")
    problem(moderator.get(QUEUE, {"queue": "all"}), 400, "invalid_choice")


def test_a_decision_must_fit_the_state(hidden: Image, moderator: Client) -> None:
    problem(post(moderator, address(hidden), action="approve"), 409, "conflict")


def test_an_expected_state_that_is_past_is_409(hidden: Image, moderator: Client) -> None:
    moderate(hidden, "block")
    answer = post(moderator, address(hidden), action="restore", expected="hidden")
    problem(answer, 409, "conflict")
    decided = post(moderator, address(hidden), action="restore", expected="blocked")
    assert json_body(decided)["state"] == "visible"


def test_a_private_picture_is_restored(owner: User, moderator: Client) -> None:
    image = moderate(make_image(owner, visibility=Visibility.PRIVATE), "reject")
    assert json_body(post(moderator, address(image), action="restore"))["state"] == "visible"
    problem(moderator.get(address(image)), 404, "not_found")


def test_a_decision_is_undone(hidden: Image, moderator: Client, owner_client: Client) -> None:
    post(moderator, address(hidden), action="restore", note="Yes.")
    body = json_body(post(moderator, address(hidden), action="undo", expected="visible"))
    assert (body["state"], body["reasons"][0]["note"]) == ("hidden", "Why?")
    assert json_body(owner_client.get(address(hidden)))["state"] == "hidden"
    problem(post(moderator, address(hidden), action="undo"), 409, "conflict")


def test_a_restored_private_picture_is_undone(owner: User, moderator: Client) -> None:
    image = moderate(make_image(owner, visibility=Visibility.PRIVATE), "reject")
    other = make_image(owner, visibility=Visibility.PRIVATE)
    problem(post(moderator, address(other), action="undo"), 404, "not_found")
    post(moderator, address(image), action="restore")
    problem(post(moderator, address(image), action="block"), 404, "not_found")
    assert json_body(post(moderator, address(image), action="undo"))["state"] == "hidden"


def test_only_the_own_last_decision_is_undone(hidden: Image, moderator: Client) -> None:
    """Another moderator has rejected it, and blocks it after this one's decision."""
    problem(post(moderator, address(hidden), action="undo"), 409, "conflict")
    post(moderator, address(hidden), action="restore")
    problem(post(moderator, address(hidden), action="undo", expected="held"), 409, "conflict")
    moderate(hidden, "block")
    problem(post(moderator, address(hidden), action="undo"), 409, "conflict")
    assert json_body(moderator.get(address(hidden)))["state"] == "blocked"


def test_an_undone_rejection_leaves_no_open_note(
    owner: User, owner_client: Client, moderator: Client
) -> None:
    image = make_image(owner)
    post(moderator, address(image), action="reject")
    post(owner_client, address(image, "appeal/"), text="It is a toy.")
    post(moderator, address(image), action="undo")
    assert json_body(moderator.get(QUEUE, {"queue": "appeals"}))["results"] == []
    body = json_body(owner_client.get(address(image)))
    assert (body["state"], body["history"][1]["appeal"]["is_answered"]) == ("visible", True)


def test_an_undone_answer_opens_one_note(
    hidden: Image, owner_client: Client, moderator: Client
) -> None:
    post(owner_client, address(hidden, "appeal/"), text="First.")
    post(moderator, address(hidden), action="reject")
    post(owner_client, address(hidden, "appeal/"), text="Second.")
    post(moderator, address(hidden), action="undo")
    [item] = json_body(moderator.get(QUEUE, {"queue": "appeals"}))["results"]
    notes = [row["appeal"] for row in item["moderation"]["history"] if row["appeal"]]
    assert [(n["text"], n["is_answered"]) for n in notes] == [("Second.", True), ("First.", False)]


def test_a_second_note_is_409(hidden: Image, owner_client: Client) -> None:
    post(owner_client, address(hidden, "appeal/"), text="It is a toy.")
    again = post(owner_client, address(hidden, "appeal/"), text="It is a toy.")
    problem(again, 409, "appeal_not_possible")


def test_only_the_owner_writes(hidden: Image, moderator: Client, stranger_client: Client) -> None:
    problem(post(moderator, address(hidden, "appeal/"), text="x"), 403, "permission_denied")
    problem(post(stranger_client, address(hidden, "appeal/"), text="x"), 404, "not_found")


def test_a_decision_names_its_version(hidden: Image, moderator: Client) -> None:
    response = moderator.post(
        address(hidden), {"action": "restore"}, "application/json", headers={"If-Match": '"x"'}
    )
    problem(response, 412, "precondition_failed")


@pytest.mark.django_db(transaction=True)
def test_a_decision_with_version_waits_for_uploads(hidden: Image, moderator: Client) -> None:
    """It waits before it locks the picture, which another decision may lock meanwhile."""

    def restore() -> int:
        try:
            version = moderator.get(f"/api/v1/images/{hidden.pk}/")["ETag"]
            started.set()
            answer = moderator.post(
                address(hidden), {"action": "restore"}, "application/json",
                headers={"If-Match": version},
            )  # fmt: skip
            return int(answer.status_code)
        finally:
            connection.close()

    started = Event()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            accept([photo()], owner=None)
            restoring = pool.submit(restore)
            assert started.wait(10)
            with pytest.raises(TimeoutError):
                restoring.result(1)
            Image.objects.select_for_update(nowait=True).get(pk=hidden.pk)
        assert restoring.result(30) == 200
