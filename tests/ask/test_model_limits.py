"""Answers of a language model that fail, cost too much, or are too many at a time."""

from __future__ import annotations

from typing import Any

import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.llm.budget import spent_by
from tests.api.responses import json_body, problem
from tests.ask.conftest import MakeShown
from tests.ask.requests import ASK, ask, events
from tests.llm.provider import Provider


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
