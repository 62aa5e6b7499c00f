from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.accounts import tokens
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_token

TOKENS = "/api/v1/auth/tokens/"


def create(client: Client, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return client.post(TOKENS, fields, content_type="application/json", headers=headers)


def works(token: str) -> bool:
    return Client().get(TOKENS, headers=by_token(token)).status_code == 200


def test_a_created_token_is_listed_without_itself(owner_client: Client) -> None:
    response = create(owner_client, name="backup", scopes=["write"])
    created = json_body(response, 201)
    assert "no-store" in response["Cache-Control"]
    assert works(created["token"])
    (listed,) = json_body(owner_client.get(TOKENS))["results"]
    assert created["token"] not in str(listed)
    assert (listed["id"], listed["name"]) == (created["id"], "backup")
    assert listed["scopes"] == ["read", "write"]
    assert listed["last_used_at"] is not None
    expires_at = datetime.fromisoformat(listed["expires_at"])
    assert timedelta(days=89) < expires_at - timezone.now() < timedelta(days=91)


def test_the_list_marks_the_token_of_the_request(owner: User, stranger: User) -> None:
    token, _other, _foreign = make_token(owner), make_token(owner), make_token(stranger)
    listed = json_body(Client().get(TOKENS, headers=by_token(token)))["results"]
    assert [row["current"] for row in listed] == [False, True]


def test_a_revoked_token_ends_at_once(owner_client: Client) -> None:
    created = json_body(create(owner_client, name="x", scopes=["read"]), 201)
    assert owner_client.delete(f"{TOKENS}{created['id']}/").status_code == 204
    assert not works(created["token"])
    problem(owner_client.delete(f"{TOKENS}{created['id']}/"), 404, "not_found")


def test_tokens_of_others_do_not_exist(owner: User, stranger_client: Client) -> None:
    grant, token = tokens.create(owner, expiry=None)
    problem(stranger_client.delete(f"{TOKENS}{grant.pk}/"), 404, "not_found")
    assert json_body(stranger_client.get(TOKENS)) == {"results": []}
    assert works(token)


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "x" * 101, "scopes": ["read"]}, "name"),
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": "read"}, "scopes"),
        ({"name": "x", "scopes": ["all"]}, "scopes"),
        ({"name": "x", "scopes": ["admin"]}, "scopes"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "scopes": ["read"], "days": 3}, "days"),
    ],
)
def test_a_wrong_field_is_named(owner_client: Client, fields: dict[str, Any], attr: str) -> None:
    response = create(owner_client, **fields)
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [attr]
    assert json_body(owner_client.get(TOKENS)) == {"results": []}


def test_tokens_of_staff_may_administer(curator_client: Client) -> None:
    created = json_body(create(curator_client, name="x", scopes=["admin"], expires_at=None), 201)
    assert (created["scopes"], created["expires_at"]) == (["read", "admin"], None)


def test_no_token_creates_one_that_may_more(curator: User) -> None:
    headers = by_token(make_token(curator, "write"))
    problem(create(Client(), headers, name="x", scopes=["admin"]), 403, "scope")
    json_body(create(Client(), headers, name="x", scopes=["write"]), 201)


@pytest.mark.parametrize("days", [None, 3])
def test_no_token_creates_one_that_works_longer(owner: User, days: int | None) -> None:
    ends_at = timezone.now() + timedelta(days=2)
    headers = by_token(make_token(owner, "write", expiry=timedelta(days=2)))
    later = days and (timezone.now() + timedelta(days=days)).isoformat()
    response = create(Client(), headers, name="x", scopes=["read"], expires_at=later)
    problem(response, 400, "max_value")
    created = json_body(create(Client(), headers, name="x", scopes=["read"]), 201)
    assert abs(datetime.fromisoformat(created["expires_at"]) - ends_at) < timedelta(minutes=1)


def test_an_expiry_is_kept_as_sent(owner_client: Client, client: Client, owner: User) -> None:
    expiry = f"{timezone.now().year + 1}-12-01T00:00:00Z"
    response = create(owner_client, name="x", scopes=["write"], expires_at=expiry)
    parent = json_body(response, 201)
    assert parent["expires_at"] == expiry
    credentials = {"username": "owner", "password": "secret-of-tests", "expires_at": expiry}
    answer = client.post("/api/v1/auth/token/", credentials, content_type="application/json")
    assert json_body(answer, 201)["expires_at"] == expiry


def test_a_token_may_end_with_its_creator(owner: User) -> None:
    headers = by_token(make_token(owner, "write", expiry=timedelta(days=2)))
    (parent,) = json_body(Client().get(TOKENS, headers=headers))["results"]
    for fields in ({}, {"expires_at": parent["expires_at"]}):
        child = json_body(create(Client(), headers, name="x", scopes=["read"], **fields), 201)
        assert child["expires_at"] == parent["expires_at"]


def test_a_session_needs_its_csrf_token(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert create(client, name="x", scopes=["read"]).status_code == 403


def test_a_password_gives_a_token_with_scopes(client: Client, owner: User) -> None:
    form = {"username": "owner", "password": "secret-of-tests"}
    plain = client.post("/api/v1/auth/token/", form, content_type="application/json")
    assert json_body(plain, 201)["scopes"] == ["read", "write"]
    chosen = {"name": "x", "scopes": ["read"], "expires_at": None}
    body = client.post("/api/v1/auth/token/", form | chosen, content_type="application/json")
    assert json_body(body, 201)["scopes"] == ["read"]
    assert body.json()["expires_at"] is None
    problem(create(client, by_token(body.json()["token"]), name="y", scopes=["read"]), 403, "scope")
