"""What happened to images and imports, in an order that no open transaction can change."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client

from gallery.ingest import change
from gallery.ingest.imports import control, create, run
from gallery.integration import retention
from gallery.models import Event, Image, Moderation, State
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_image, make_token
from tests.integration.conftest import ImportFolder
from tests.local.services import eventually

EVENTS = "/api/v1/events/"
NAME = "0123456789abcdef"
pytestmark = pytest.mark.django_db(transaction=True)


def page(client: Client, after: str = "", **parameters: Any) -> dict[str, Any]:
    values = {**({"after": after} if after else {}), **parameters}
    body: dict[str, Any] = json_body(client.get(EVENTS, values))
    return body


def events_of(client: Client, count: int, after: str = "") -> list[tuple[str, str]]:
    """So many events, which other tests on this server may delay."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        results = page(client, after)["results"]
        if len(results) >= count:
            break
        time.sleep(0.1)
    return [(each["type"].removeprefix("image."), each["image_id"]) for each in results]


def test_the_life_of_a_picture(owner_client: Client, owner: User) -> None:
    image = make_image(owner, state=State.STORED)
    key = str(image.pk)
    for state in (State.DERIVED, State.READY, State.FAILED):
        Image.objects.filter(pk=image.pk).update(state=state)
    Image.objects.update(title="Boat", state=State.FAILED)
    seen = [("created", key), ("ready", key), ("failed", key)]
    assert events_of(owner_client, 3) == seen
    change.delete(image)
    assert events_of(owner_client, 1) == [("deleted", key)]


def import_events(client: Client) -> list[tuple[str, str]]:
    results = page(client)["results"]
    is_import = {each["type"]: each["image_id"] is None for each in results}
    assert all(is_import[name] == name.startswith("import.") for name in is_import)
    return [(each["type"], each["import_id"]) for each in results if each["image_id"] is None]


def test_a_finished_import_is_an_event(
    owner_client: Client,
    stranger_client: Client,
    curator_client: Client,
    owner: User,
    tmp_path: Path,
    import_folder: ImportFolder,
) -> None:
    control.delete(create.create(tmp_path, owner, create.ImportOptions()))
    expected = [("import.finished", str(import_folder().pk))]
    assert eventually(lambda: import_events(owner_client) == expected, 60)
    assert import_events(curator_client) == expected
    assert page(stranger_client)["results"] == []


def test_a_stopped_import_is_an_event(owner_client: Client, owner: User, tmp_path: Path) -> None:
    (tmp_path / "urls.csv").write_text("url\n")
    job = create.create(tmp_path / "urls.csv", owner, create.ImportOptions())
    (tmp_path / "urls.csv").unlink()
    run.run(1)
    run.run(1)
    expected = [("import.stopped", str(job.pk))]
    assert eventually(lambda: import_events(owner_client) == expected, 60)
    control.resume(job)
    run.run(1)
    assert eventually(lambda: import_events(owner_client) == expected * 2, 60)


def test_nothing_is_noted_of_a_rollback(owner_client: Client, owner: User) -> None:
    with transaction.atomic():
        make_image(owner)
        transaction.set_rollback(True)
    last = make_image(owner, state=State.STORED)
    assert events_of(owner_client, 1) == [("created", str(last.pk))]


def test_pages_follow_each_other(owner_client: Client, owner: User) -> None:
    images = [make_image(owner, state=State.STORED) for _ in range(5)]
    events_of(owner_client, 5)
    seen, cursor, more = [], "", True
    while more:
        body = page(owner_client, cursor, limit=2)
        seen += [each["image_id"] for each in body["results"]]
        cursor, more = body["cursor"], body["more"]
    assert seen == [str(image.pk) for image in images]
    assert page(owner_client, cursor)["results"] == []


def test_only_new_events_follow_now(owner_client: Client, owner: User) -> None:
    make_image(owner)
    cursor = page(owner_client, "now")["cursor"]
    image = make_image(owner, state=State.STORED)
    assert ("created", str(image.pk)) in events_of(owner_client, 1, cursor)


@contextmanager
def uncommitted(owner: User) -> Iterator[tuple[list[Image], threading.Event]]:
    """An image of a transaction that another thread commits when the event is set."""
    images: list[Image] = []
    is_written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            images.append(make_image(owner, state=State.STORED))
            is_written.set()
            may_commit.wait(60)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert is_written.wait(60)
    try:
        yield images, may_commit
    finally:
        may_commit.set()
        thread.join()


def test_a_late_commit_is_not_missed(owner_client: Client, owner: User) -> None:
    cursor = page(owner_client, "now")["cursor"]
    with uncommitted(owner) as (images, may_commit):
        second = make_image(owner, state=State.STORED)
        body = page(owner_client, cursor)
        assert body["results"] == []
        may_commit.set()
    expected = [("created", str(images[0].pk)), ("created", str(second.pk))]
    assert events_of(owner_client, 2, body["cursor"]) == expected


def test_events_of_others_are_not_there(
    owner_client: Client, stranger_client: Client, curator_client: Client, owner: User
) -> None:
    image = make_image(owner, state=State.STORED)
    change.delete(image)
    assert len(events_of(curator_client, 2)) == 2
    assert page(stranger_client)["results"] == []
    assert events_of(owner_client, 1) == [("deleted", str(image.pk))]


def test_events_of_a_blocked_picture_are_not_there(
    owner_client: Client, curator_client: Client, owner: User
) -> None:
    image = make_image(owner, moderation=Moderation.BLOCKED)
    assert len(events_of(curator_client, 2)) == 2
    assert page(owner_client)["results"] == []
    change.delete(image)
    assert len(events_of(curator_client, 3)) == 3
    assert page(owner_client)["results"] == []


def test_a_token_without_powers_sees_its_own(curator: User, owner: User) -> None:
    make_image(owner)
    assert len(events_of(Client(headers=by_token(make_token(curator))), 2)) == 2
    assert page(Client(headers=by_token(make_token(curator, "write"))))["results"] == []


def test_a_deleted_account_takes_its_images(curator_client: Client, owner: User) -> None:
    image = make_image(owner, state=State.STORED)
    owner.delete()
    assert events_of(curator_client, 2)[-1] == ("deleted", str(image.pk))


@pytest.mark.parametrize(
    "cursor",
    ["x", "1.2.3", "x.1.2.3", f"{NAME}.1.2", f"{NAME}.-1.2.3", f"{NAME}.1.2.3.4", f"{NAME}.１.2.3"],
)
def test_a_wrong_cursor_is_refused(owner_client: Client, cursor: str) -> None:
    problem(owner_client.get(EVENTS, {"after": cursor}), 400, "cursor")


def test_old_events_are_gone(owner_client: Client, owner: User) -> None:
    make_image(owner, state=State.STORED)
    Event.objects.update(created_at=Now() - timedelta(days=32))
    recent = make_image(owner, state=State.STORED)
    events_of(owner_client, 2)
    cursor = page(owner_client, limit=1)["cursor"].split(".")
    old = ".".join([*cursor[:3], str(int(time.time()) - 31 * 86400)])
    problem(owner_client.get(EVENTS, {"after": old}), 410, "events_gone")
    retention.delete_old()
    assert events_of(owner_client, 1) == [("created", str(recent.pk))]


def test_a_cursor_of_another_server_is_gone(owner_client: Client) -> None:
    name, transaction_id, key, seconds = page(owner_client, "now")["cursor"].split(".")
    later = f"{name}.{int(transaction_id) + 10**9}.{key}.{seconds}"
    problem(owner_client.get(EVENTS, {"after": later}), 410, "events_gone")
