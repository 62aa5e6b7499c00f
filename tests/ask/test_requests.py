"""Which questions are refused, and which get an answer without a model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.responses import json_body, problem
from tests.ask.conftest import MakeShown
from tests.ask.requests import ASK, ask
from tests.builders import make_image
from tests.llm.provider import Provider


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
