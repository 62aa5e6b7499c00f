from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken


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
