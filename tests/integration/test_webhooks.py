"""Messages to other programs: signed, in order, sent again after a failure, and only outside."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from gallery.integration.webhooks import deliver, register
from gallery.models import Event, Image, State, Webhook
from tests.api.responses import json_body, problem
from tests.builders import make_image
from tests.integration import receiver as receivers
from tests.integration.conftest import ImportFolder
from tests.integration.receiver import Receiver

WEBHOOKS = "/api/v1/webhooks/"
READY = ["image.ready"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(gallery_setting: Any) -> Iterator[Receiver]:
    with receivers.running() as server:
        gallery_setting(fetch_allow=(f"127.0.0.1:{server.port}",), fetch_seconds=2)
        yield server


def create(client: Client, url: str, events: list[str] = READY, **fields: Any) -> Any:
    body = {"url": url, "events": events, **fields}
    return client.post(WEBHOOKS, body, content_type="application/json")


def settle() -> None:
    """Wait until a test in another process does not delay the events so far."""
    newest = Event.objects.order_by("-transaction").first()
    deadline = time.monotonic() + 60
    while newest and not Event.objects.settled().filter(pk=newest.pk).exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def deliver_due() -> None:
    settle()
    Webhook.objects.update(next_attempt_at=Now())
    deliver.run(0)


def ready_images(owner: User, count: int) -> list[str]:
    images = [make_image(owner, state=State.STORED) for _ in range(count)]
    for image in images:
        Image.objects.filter(pk=image.pk).update(state=State.READY)
    return [str(image.pk) for image in images]


def sent_image_ids(receiver: Receiver) -> list[str]:
    return [message.document["data"]["image_id"] for message in receiver.messages]


def test_events_are_sent_in_order(owner_client: Client, owner: User, receiver: Receiver) -> None:
    make_image(owner)
    settle()
    secret = json_body(create(owner_client, receiver.url()), 201)["secret"]
    keys = ready_images(owner, 3)
    deliver_due()
    assert sent_image_ids(receiver) == keys
    for message in receiver.messages:
        assert message.document["type"] == "image.ready"
        assert message.is_signed_with(secret)
    deliver_due()
    assert sent_image_ids(receiver) == keys
    assert len({message.headers["webhook-id"] for message in receiver.messages}) == 3


def test_messages_tell_of_finished_imports(
    owner_client: Client, receiver: Receiver, import_folder: ImportFolder
) -> None:
    create(owner_client, receiver.url(), ["import.finished"])
    job = import_folder()
    deliver_due()
    (message,) = receiver.messages
    assert message.document["type"] == "import.finished"
    assert message.document["data"] == {"import_id": str(job.pk)}


def test_superusers_are_told_of_their_own_images(
    curator_client: Client, curator: User, owner: User, receiver: Receiver
) -> None:
    """A token without the scope ``admin`` can create a webhook too."""
    create(curator_client, receiver.url())
    ready_images(owner, 1)
    keys = ready_images(curator, 1)
    deliver_due()
    assert sent_image_ids(receiver) == keys


def test_a_refused_message_is_sent_again(
    owner_client: Client, owner: User, receiver: Receiver
) -> None:
    address = WEBHOOKS + json_body(create(owner_client, receiver.url()), 201)["id"] + "/"
    first, second = ready_images(owner, 2)
    receiver.statuses = [500]
    deliver_due()
    assert sent_image_ids(receiver) == [first]
    state = json_body(owner_client.get(address))
    assert (state["active"], state["failure"], state["answer"]) == (True, "refused", 500)
    assert Webhook.objects.get().next_attempt_at > timezone.now()
    deliver_due()
    assert sent_image_ids(receiver) == [first, first, second]
    ids = [message.headers["webhook-id"] for message in receiver.messages]
    assert ids[0] == ids[1] != ids[2]
    assert json_body(owner_client.get(address))["failure"] == ""


def test_a_redirect_is_not_followed(owner_client: Client, owner: User, receiver: Receiver) -> None:
    create(owner_client, receiver.url())
    ready_images(owner, 1)
    receiver.statuses = [302]
    deliver_due()
    assert [message.path for message in receiver.messages] == ["/hook"]
    assert Webhook.objects.get().answer == 302


def test_a_server_that_hangs_is_given_up(
    owner_client: Client, owner: User, receiver: Receiver
) -> None:
    create(owner_client, receiver.url("/hang"))
    ready_images(owner, 2)
    began = time.monotonic()
    deliver_due()
    assert time.monotonic() - began < 20
    assert len(receiver.messages) == 1
    assert Webhook.objects.get().failure == "no_answer"


def test_nothing_is_sent_inside(
    owner_client: Client, owner: User, receiver: Receiver, gallery_setting: Any
) -> None:
    create(owner_client, receiver.url())
    gallery_setting(fetch_allow=(f"localhost:{receiver.port}",))
    ready_images(owner, 1)
    deliver_due()
    assert receiver.messages == []
    assert Webhook.objects.get().failure == "no_answer"


def test_a_day_of_failures_switches_it_off(
    owner_client: Client, owner: User, receiver: Receiver
) -> None:
    address = WEBHOOKS + json_body(create(owner_client, receiver.url()), 201)["id"] + "/"
    (key,) = ready_images(owner, 1)
    receiver.statuses = [500, 500]
    deliver_due()
    Webhook.objects.update(failing_since=Now() - timedelta(hours=25))
    deliver_due()
    assert json_body(owner_client.get(address))["active"] is False
    deliver_due()
    assert sent_image_ids(receiver) == [key, key]
    body = {"active": True}
    json_body(owner_client.patch(address, body, content_type="application/json"))
    deliver_due()
    assert sent_image_ids(receiver) == [key] * 3


def test_a_failure_ends_with_its_picture(
    owner_client: Client, owner: User, receiver: Receiver
) -> None:
    create(owner_client, receiver.url())
    (key,) = ready_images(owner, 1)
    receiver.statuses = [500, 500]
    deliver_due()
    Image.objects.filter(pk=key).delete()
    deliver_due()
    webhook = Webhook.objects.get()
    assert (webhook.failing_since, webhook.failure) == (None, "")


def test_only_own_pictures_are_told(
    owner_client: Client, stranger: User, receiver: Receiver
) -> None:
    create(owner_client, receiver.url())
    ready_images(stranger, 1)
    deliver_due()
    assert receiver.messages == []


def test_a_closed_account_is_told_nothing(
    owner_client: Client, owner: User, receiver: Receiver
) -> None:
    create(owner_client, receiver.url())
    User.objects.filter(pk=owner.pk).update(is_active=False)
    ready_images(owner, 1)
    deliver_due()
    assert receiver.messages == []


def test_a_test_message_is_sent_at_once(owner_client: Client, receiver: Receiver) -> None:
    body = json_body(create(owner_client, receiver.url()), 201)
    receiver.statuses = [204, 404]
    address = f"{WEBHOOKS}{body['id']}/test/"
    assert json_body(owner_client.post(address)) == {"failure": "", "answer": 204}
    assert json_body(owner_client.post(address)) == {"failure": "refused", "answer": 404}
    assert receiver.messages[0].document["type"] == "test"
    assert receiver.messages[0].is_signed_with(body["secret"])


def test_the_secret_is_shown_once(owner_client: Client, receiver: Receiver) -> None:
    body = json_body(create(owner_client, receiver.url()), 201)
    (listed,) = json_body(owner_client.get(WEBHOOKS))["results"]
    assert {**listed, "secret": body["secret"]} == body


@pytest.mark.parametrize(
    ("url", "events", "status", "code"),
    [
        ("ftp://example.org/", READY, 422, "url_refused"),
        ("http://example.org:25/", READY, 422, "url_refused"),
        ("http://u:p@example.org/", READY, 422, "url_refused"),
        ("https://example.org/", ["image.x"], 400, "invalid_choice"),
        ("https://example.org/", [], 400, "too_few"),
    ],
)
def test_wrong_webhooks_are_refused(
    owner_client: Client, url: str, events: list[str], status: int, code: str
) -> None:
    problem(create(owner_client, url, events), status, code)
    assert not Webhook.objects.exists()


def test_webhooks_of_others_do_not_exist(
    owner_client: Client, stranger_client: Client, receiver: Receiver
) -> None:
    address = f"{WEBHOOKS}{json_body(create(owner_client, receiver.url()), 201)['id']}/"
    for response in (
        stranger_client.get(address),
        stranger_client.patch(address, {"active": False}, content_type="application/json"),
        stranger_client.delete(address),
        stranger_client.post(f"{address}test/"),
        owner_client.get(f"{WEBHOOKS}{uuid.uuid4()}/"),
    ):
        problem(response, 404, "not_found")
    assert json_body(stranger_client.get(WEBHOOKS))["results"] == []
    assert owner_client.delete(address).status_code == 204
    assert receiver.messages == []


def test_an_account_has_a_limit(
    owner_client: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "MOST_WEBHOOKS", 1)
    create(owner_client, receiver.url())
    problem(create(owner_client, receiver.url()), 409, "too_many_webhooks")


def test_a_site_that_fetches_nothing_sends_nothing(
    owner_client: Client, owner: User, receiver: Receiver, gallery_setting: Any
) -> None:
    create(owner_client, receiver.url())
    gallery_setting(fetch_urls=False)
    problem(create(owner_client, receiver.url()), 403, "fetching_off")
    ready_images(owner, 1)
    deliver_due()
    assert receiver.messages == []
