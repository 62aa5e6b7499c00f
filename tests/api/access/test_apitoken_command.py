from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from tests.builders import by_token


def test_only_the_token_is_printed(client: Client, owner: User) -> None:
    out, err = StringIO(), StringIO()
    call_command("apitoken", "owner", stdout=out, stderr=err)
    assert re.fullmatch(r"[0-9a-f]{64}\n", out.getvalue())
    assert err.getvalue() == ""
    header = {"Authorization": f"Token {out.getvalue().strip()}"}
    assert client.get("/api/v1/images/?owner=me", headers=header).status_code == 200


@pytest.mark.parametrize(("days", "expected"), [(None, 90), (7, 7), (0, None)])
def test_the_token_expires_after_days(owner: User, days: int | None, expected: int | None) -> None:
    call_command("apitoken", "owner", days=days, stdout=StringIO())
    expiry = AuthToken.objects.get().expiry
    assert (expiry and round((expiry - timezone.now()).total_seconds() / 86400)) == expected


@pytest.mark.parametrize("days", [-1, 10**9])
def test_impossible_days_are_refused(owner: User, days: int) -> None:
    with pytest.raises(CommandError, match="between 0 and"):
        call_command("apitoken", "owner", days=days, stdout=StringIO())


def test_an_unknown_user_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("apitoken", "nobody", stdout=StringIO())


def test_a_disabled_user_gets_no_token(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        call_command("apitoken", "owner", stdout=StringIO())
    assert not AuthToken.objects.exists()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("apitoken", *arguments, stdout=out)
    return out.getvalue()


def test_a_token_can_be_limited_to_reading(client: Client, owner: User) -> None:
    token = run("owner", "--name", "kiosk", "--scopes", "read").strip()
    body = client.get("/api/v1/auth/tokens/", headers=by_token(token)).json()["results"][0]
    assert (body["name"], body["scopes"]) == ("kiosk", ["read"])


def test_spaces_between_scopes_are_accepted(owner: User) -> None:
    run("owner", "--scopes", "read, write")
    assert " read,write " in run("owner", "--list")


@pytest.mark.parametrize("scopes", ["admin", "read,all", ""])
def test_impossible_scopes_are_refused(owner: User, scopes: str) -> None:
    with pytest.raises(CommandError, match="--scopes"):
        run("owner", "--scopes", scopes)
    assert not AuthToken.objects.exists()


def test_listed_tokens_can_be_revoked(client: Client, owner: User) -> None:
    token = run("owner", "--name", "kiosk", "--scopes", "write", "--days", "0").strip()
    (line,) = run("owner", "--list").splitlines()[1:]
    identifier, *rest = line.split()
    assert rest[:2] == ["kiosk", "read,write"]
    assert line.count("never") == 2
    assert token[:8] not in line
    assert identifier in run("owner", "--revoke", identifier)
    assert client.get("/api/v1/images/", headers=by_token(token)).status_code == 401


@pytest.mark.parametrize("identifier", ["x", "00000000-0000-0000-0000-000000000000"])
def test_unknown_tokens_are_not_revoked(owner: User, identifier: str) -> None:
    with pytest.raises(CommandError, match="has no token"):
        run("owner", "--revoke", identifier)


def test_a_long_name_is_refused(owner: User) -> None:
    with pytest.raises(CommandError, match="--name"):
        run("owner", "--name", "x" * 101)
