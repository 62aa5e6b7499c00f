"""Answers of a language model: what is sent to it, and what comes back."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.responses import json_body
from tests.ask.conftest import MakeShown
from tests.ask.requests import ask, events, pictures_in
from tests.builders import make_moderator, make_tag, moderate, tag_image
from tests.llm.provider import Provider


def test_answer_cites_the_pictures_that_were_sent(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    image = make_shown(owner)
    model.pieces = ["A red ", "wall [1], ", "not [7]."]
    body = json_body(ask(owner_client))
    assert body["answer"] == "A red wall [1], not [7]."
    assert body["cited"] == [1]
    assert body["images"] == [{"number": 1, "id": str(image.pk)}]
    assert body["model"] == "a-model"


def test_sends_previews_captions_dates_and_question_only(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    image = make_shown(
        owner, title="secret-title", file_name="secret-name.jpg", caption="A wall",
        latitude=48.8581, longitude=2.2945, camera="secret-camera", metadata={"secret": "value"},
        taken_at=datetime(2023, 5, 1, tzinfo=UTC),
    )  # fmt: skip
    ask(owner_client)
    [request] = model.requests
    for part in ("A wall", "2023-05-01", "What do they show?"):
        assert part in model.received_text()
    for part in ("secret", "48.8", str(image.pk), image.pk.hex, owner.username, "http"):
        assert part not in model.received_text()
    [jpeg] = pictures_in(request)
    with PIL.Image.open(io.BytesIO(jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (300, 200))
        assert not set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_pictures_of_others_are_not_sent(
    model: Provider, make_shown: MakeShown, stranger_client: Client, owner: User
) -> None:
    make_shown(owner, visibility="private", caption="private-caption")
    assert json_body(ask(stranger_client))["images"] == []
    assert model.requests == []
    make_shown(owner, caption="public-caption")
    assert len(json_body(ask(stranger_client))["images"]) == 1
    assert len(pictures_in(model.requests[0])) == 1
    assert "private-caption" not in model.received_text()


@pytest.fixture
def client_who_sees_more(client: Client, curator: User, request: pytest.FixtureRequest) -> Client:
    client.force_login(curator if request.param == "superuser" else make_moderator())
    return client


@pytest.mark.parametrize("client_who_sees_more", ["superuser", "moderator"], indirect=True)
def test_hidden_pictures_of_others_are_not_sent(
    model: Provider, make_shown: MakeShown, client_who_sees_more: Client, owner: User
) -> None:
    make_shown(owner, caption="shown-caption")
    make_shown(owner, visibility="private", caption="private-caption")
    moderate(make_shown(owner, caption="rejected-caption"), "reject")
    moderate(make_shown(owner, caption="blocked-caption"), "block")
    body = json_body(ask(client_who_sees_more))
    assert len(body["images"]) == body["counts"][0] >= 3
    assert len(pictures_in(model.requests[0])) == 1
    sent = model.received_text()
    assert "shown-caption" in sent
    for state in ("private", "rejected", "blocked"):
        assert f"{state}-caption" not in sent


def test_own_private_and_rejected_pictures_are_sent(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner, visibility="private", caption="private-caption")
    moderate(make_shown(owner, caption="rejected-caption"), "reject")
    ask(owner_client)
    assert len(pictures_in(model.requests[0])) == 2


def test_facts_are_not_sent_with_later_questions(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    image = make_shown(owner, latitude=48.8581, longitude=2.2945, camera="Secret Camera")
    tag_image(image, make_tag("secret-tag"))
    body = json_body(ask(owner_client, "How many pictures?", model=False))
    for question in ("Who took them?", "Where?", "Which camera?", "Which tags?"):
        before = body["conversation"]
        body = json_body(ask(owner_client, question, model=False, conversation=before))
    ask(owner_client, "And now?", conversation=body["conversation"])
    sent = model.received_text()
    assert "Who took them?" in sent
    for part in ("48.9", "Secret Camera", "secret-tag", owner.username):
        assert part not in sent


def test_events_arrive_in_order_and_are_whole(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    received = events(owner_client)
    assert [name for name, _ in received] == ["start", *["text"] * 4, "end"]
    assert "".join(data for name, data in received if name == "text") == "Two cats [1]."
    assert received[-1][1]["cited"] == [1]


def test_follow_up_sends_what_was_said_before(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    first = json_body(ask(owner_client))
    ask(owner_client, "Which one is larger?", conversation=first["conversation"])
    contents = [message["content"] for message in model.requests[1]["messages"]]
    assert contents[1][0]["text"] == "What do they show?"
    assert contents[2] == "Two cats [1]."
    assert "Which one is larger?" in str(contents[3])


def test_deleted_or_hidden_picture_is_not_sent_again(
    model: Provider, make_shown: MakeShown, stranger_client: Client, owner: User
) -> None:
    other = make_shown(owner, taken_at=datetime(2020, 1, 1, tzinfo=UTC))
    image = make_shown(owner, caption="later-private", taken_at=datetime(2021, 1, 1, tzinfo=UTC))
    body = json_body(ask(stranger_client))
    image.visibility = "private"
    image.save()
    for question in ("And now?", "And then?"):
        body = json_body(ask(stranger_client, question, conversation=body["conversation"]))
        # The number of the other picture stays, so that earlier citations name the same one.
        assert body["images"] == [{"number": 2, "id": str(other.pk)}]
    assert len(pictures_in(model.requests[1])) == 1
    assert "later-private" not in str(model.requests[1])
