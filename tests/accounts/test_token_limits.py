"""How long API tokens work, how many a person has, and when expired ones are deleted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from gallery.accounts import token_limits, tokens
from gallery.core.errors import TooManyTokens
from gallery.tasks import delete_expired_tokens
from tests.api.responses import json_body, problem

TOKENS = "/api/v1/auth/tokens/"
CREDENTIALS = {"username": "owner", "password": "secret-of-tests"}
JSON = "application/json"
LAST_MOMENTS = ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "2199-01-01T00:00:00Z"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(token_limits, "MAX_TOKENS", 3)
    return 3


@pytest.fixture
def full(few: int, owner: User) -> None:
    for _ in range(few):
        tokens.create(owner, expiry=None)


@pytest.mark.parametrize("expires_at", LAST_MOMENTS)
def test_no_request_creates_a_token_for_centuries(
    client: Client, owner_client: Client, expires_at: str
) -> None:
    fields = {"name": "x", "scopes": ["read"], "expires_at": expires_at}
    answers = [
        client.post("/api/v1/auth/token/", {**CREDENTIALS, **fields}, content_type=JSON),
        owner_client.post(TOKENS, fields, content_type=JSON),
    ]
    for answer in answers:
        assert problem(answer, 400, "invalid")["errors"][0]["attr"] == "expires_at"
    assert not AuthToken.objects.exists()


def test_a_century_is_not_too_long(owner_client: Client) -> None:
    expires_at = timezone.now() + timedelta(days=36_499)
    fields = {"name": "x", "scopes": ["read"], "expires_at": expires_at.isoformat()}
    json_body(owner_client.post(TOKENS, fields, content_type=JSON), 201)


def test_the_default_lifetime_is_bounded_too(owner: User, settings: Any) -> None:
    settings.REST_KNOX = {"TOKEN_TTL": timedelta(days=3_000_000)}
    grant, _token = tokens.create(owner, expiry=tokens.default_expiry())
    assert grant.token.expiry < timezone.now() + timedelta(days=36_501)


def test_tokens_that_last_too_long_are_shown(
    owner: User, owner_client: Client, curator_client: Client, settings: Any
) -> None:
    """Such tokens could be created before there was a limit."""
    settings.TIME_ZONE = "Asia/Shanghai"
    tokens.create(owner, expiry=None)
    AuthToken.objects.update(expiry=datetime.max.replace(tzinfo=UTC))
    (listed,) = json_body(owner_client.get(TOKENS))["results"]
    assert listed["expires_at"].startswith("9999-12-30")
    assert "9999" in owner_client.get("/account/").content.decode()
    assert "9999" in curator_client.get("/admin/knox/authtoken/").content.decode()
    out = StringIO()
    call_command("apitoken", "owner", "--list", stdout=out)
    assert "9999-12-30" in out.getvalue()


def test_an_account_has_a_limited_number(
    full: None, client: Client, owner_client: Client, stranger: User
) -> None:
    fields = {"name": "x", "scopes": ["read"]}
    for answer in (
        client.post("/api/v1/auth/token/", CREDENTIALS, content_type=JSON),
        owner_client.post(TOKENS, fields, content_type=JSON),
    ):
        problem(answer, 409, "too_many_tokens")
    form = {"name": "x", "scope": "read", "days": "30"}
    page = owner_client.post("/account/tokens/", form)
    assert page.status_code == 409
    assert "too many API tokens" in page.content.decode()
    with pytest.raises(CommandError, match="at most 3 tokens"):
        call_command("apitoken", "owner", stdout=StringIO())
    assert AuthToken.objects.count() == 3
    tokens.create(stranger, expiry=None)


def test_a_deleted_token_makes_room(full: None, owner: User) -> None:
    grant = tokens.tokens_of(owner)[0]
    tokens.revoke(owner, grant.pk)
    tokens.create(owner, expiry=None)


def test_an_expired_token_makes_room(full: None, owner: User) -> None:
    last = AuthToken.objects.filter(digest=tokens.tokens_of(owner)[0].token_id)
    last.update(expiry=timezone.now() - timedelta(seconds=1))
    tokens.create(owner, expiry=None)
    assert not last.exists()
    assert AuthToken.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_tokens_of_a_moment_keep_the_limit(few: int, owner: User) -> None:
    threads = 8
    start = threading.Barrier(threads)

    def create(_: int) -> bool:
        start.wait()
        try:
            tokens.create(owner, expiry=None)
        except TooManyTokens:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(create, range(threads))) == few


def test_the_clock_deletes_tokens_that_expired_long_ago(owner: User) -> None:
    now = timezone.now()
    for days in (-31, -29, 1, None):
        expiry = None if days is None else now + timedelta(days=days)
        tokens.create(owner, expiry=expiry, name=str(days))
    delete_expired_tokens()
    assert {grant.name for grant in tokens.tokens_of(owner)} == {"-29", "1", "None"}
