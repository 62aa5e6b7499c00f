"""Answers of a language model: what is sent to it, what comes back, and what may go wrong."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.llm.budget import spent_by
from tests.api.responses import json_body, problem
from tests.ask.conftest import MakeShown
from tests.builders import make_image, make_moderator, make_tag, moderate, tag_image
from tests.llm.provider import Provider

ASK = "/api/v1/ask/"


def ask(client: Client, question: str = "What do they show?", **fields: Any) -> Any:
    return client.post(ASK, {"question": question, **fields}, content_type="application/json")


def events(client: Client, **fields: Any) -> list[tuple[str, Any]]:
    body = {"question": "What do they show?", **fields}
    response: Any = client.post(
        ASK, body, content_type="application/json", headers={"Accept": "text/event-stream"}
    )
    assert response.status_code == 200, response.content
    blocks = response.getvalue().decode().strip().split("\n\n")
    pairs = [block.split("\n") for block in blocks]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in pairs
    ]


def pictures_in(request: dict[str, Any]) -> list[bytes]:
    content = request["messages"][-1]["content"]
    return [
        base64.b64decode(part["image_url"]["url"].split(",", 1)[1])
        for part in content
        if part["type"] == "image_url"
    ]


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


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("401", 503, "llm_key_refused"), ("529", 503, "llm_overloaded"),
     ("half a stream", 503, "llm_unavailable")],
)  # fmt: skip
def test_fault_of_provider_is_a_clear_problem(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User,
    fault: str, status: int, code: str,
) -> None:  # fmt: skip
    make_shown(owner)
    model.faults, model.retry_after = [fault] * 3, "100"
    body = problem(ask(owner_client), status, code)
    assert (body["data"]["counts"], body["data"]["answer"]) == ([1], "")
    again = ask(owner_client, conversation=body["data"]["conversation"], model=False)
    assert json_body(again)["facts"] == body["data"]["facts"] != ""
    assert owner_client.get("/api/v1/search/?q=picture").status_code == 200


def test_fault_in_the_middle_is_an_event(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    model.faults = ["half a stream"]
    received = events(owner_client)
    assert [name for name, _ in received][-2:] == ["error", "end"]
    assert received[-2][1]["code"] == "llm_unavailable"


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_spent_budget_is_429_until_tomorrow(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User,
    gallery_setting: Any, accept: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_shown(owner)
    gallery_setting(llm_user_requests=1)
    ask(owner_client)
    # A refused question costs no work on pictures.
    monkeypatch.setattr(PIL.Image, "open", lambda *_, **__: pytest.fail("A picture is decoded."))
    body = {"question": "How many pictures?"}
    response = owner_client.post(
        ASK, body, content_type="application/json", headers={"Accept": accept}
    )
    assert problem(response, 429, "llm_budget_spent")["data"]["counts"] == [1]
    assert int(response["Retry-After"]) > 0
    assert len(model.requests) == 1
    assert json_body(ask(owner_client, model=False))["answer"] == ""


@pytest.mark.django_db(transaction=True)
def test_answer_that_the_client_leaves_is_counted(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    response: Any = owner_client.post(
        ASK, {"question": "What?"}, content_type="application/json",
        headers={"Accept": "text/event-stream"},
    )  # fmt: skip
    stream = iter(response)
    next(stream), next(stream)
    response.close()
    assert spent_by(owner).requests == 1
    assert spent_by(owner).tokens > 0
    assert ask(owner_client).status_code == 200  # its place is free again


def test_second_question_at_once_is_refused(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    first: Any = owner_client.post(
        ASK, {"question": "What?"}, content_type="application/json",
        headers={"Accept": "text/event-stream"},
    )  # fmt: skip
    refused = ask(owner_client)
    assert (refused.status_code, refused.json()["code"]) == (503, "too_busy")
    assert int(refused["Retry-After"]) > 0
    first.getvalue()
    assert ask(owner_client).status_code == 200


def test_late_end_keeps_the_place_of_the_next_answer(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User, gallery_setting: Any
) -> None:
    make_shown(owner)
    headers = {"Accept": "text/event-stream"}
    body = {"question": "What?"}
    # The place of the first answer expires at once, before the answer ends.
    gallery_setting(llm_seconds=-60)
    first: Any = owner_client.post(ASK, body, content_type="application/json", headers=headers)
    gallery_setting(llm_seconds=60)
    second: Any = owner_client.post(ASK, body, content_type="application/json", headers=headers)
    first.getvalue()
    assert ask(owner_client).status_code == 503
    second.getvalue()
    assert ask(owner_client).status_code == 200


def test_beyond_the_places_others_are_refused(
    model: Provider, make_shown: MakeShown, owner_client: Client, stranger_client: Client,
    owner: User, gallery_setting: Any,
) -> None:  # fmt: skip
    gallery_setting(llm_places=1)
    make_shown(owner)
    first: Any = owner_client.post(
        ASK, {"question": "What?"}, content_type="application/json",
        headers={"Accept": "text/event-stream"},
    )  # fmt: skip
    assert ask(stranger_client).status_code == 503
    first.getvalue()
    assert ask(stranger_client).status_code == 200


def test_visitors_and_sites_without_model_get_facts(
    model: Provider, make_shown: MakeShown, client: Client, owner: User
) -> None:
    make_shown(owner)
    body = json_body(ask(client, "How many pictures?"))
    assert (body["counts"], body["answer"], body["model"]) == ([1], "", None)
    assert model.requests == []


@pytest.mark.parametrize(
    "fields",
    [
        {"question": ""}, {"question": "x" * 501}, {"unknown": 1}, {"images": ["x"]},
        {"conversation": "forged"}, {"model": "perhaps"}, {"q": "x" * 600},
    ],
)  # fmt: skip
def test_bad_request_is_400(owner_client: Client, fields: dict[str, Any]) -> None:
    response = ask(owner_client, **({"question": "How many?"} | fields))
    assert response.status_code == 400
    assert next(iter(fields)) in str(response.json()["errors"])


@pytest.mark.parametrize(
    ("fields", "code", "attr"),
    [
        ({"images": []}, "too_few", "images"),
        ({"images": [str(UUID(int=number)) for number in range(9)]}, "too_many", "images"),
        ({"images": [str(UUID(int=1))], "q": "cat"}, "exactly_one", "q"),
    ],
)
def test_unclear_scope_is_refused(
    owner_client: Client, fields: dict[str, Any], code: str, attr: str
) -> None:
    body = problem(ask(owner_client, "How many?", **fields), 400, code)
    assert [error["attr"] for error in body["errors"]] == [attr]


def test_unknown_parameter_and_hidden_image_are_refused(
    owner_client: Client, stranger_client: Client, owner: User
) -> None:
    body = {"question": "How many?"}
    answer = owner_client.post(f"{ASK}?x=1", body, content_type="application/json")
    assert answer.status_code == 400
    hidden = make_image(owner, visibility="private")
    assert ask(stranger_client, images=[str(hidden.pk)]).status_code == 404
    assert ask(owner_client, images=[str(hidden.pk)]).status_code == 200


def test_closed_site_needs_a_login(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    assert ask(client).status_code == 401
