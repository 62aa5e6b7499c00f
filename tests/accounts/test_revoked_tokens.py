"""A new password ends the tokens of the account, and nothing else does."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from knox.models import AuthToken

from gallery.accounts import tokens
from gallery.core.errors import NotFound
from tests.builders import make_token

pytestmark = pytest.mark.django_db


def works(token: str) -> bool:
    header = {"Authorization": f"Token {token}"}
    return Client().get("/api/v1/images/?owner=me", headers=header).status_code == 200


def test_a_new_password_ends_all_tokens(owner: User, stranger: User) -> None:
    old, others = [make_token(owner), make_token(owner)], make_token(stranger)
    owner.set_password("another-secret")
    owner.save()
    assert [works(token) for token in (*old, others)] == [False, False, True]
    assert works(make_token(owner))


def test_the_admin_ends_tokens_and_sessions(curator_client: Client, owner: User) -> None:
    token, browser = make_token(owner), Client()
    browser.force_login(owner)
    form = {
        "password1": "another-secret-7",
        "password2": "another-secret-7",
        "usable_password": "true",
    }
    response = curator_client.post(f"/admin/auth/user/{owner.pk}/password/", form)
    assert response.status_code == 302
    assert not works(token)
    assert browser.get("/account/").status_code == 302


def test_an_unusable_password_ends_tokens(owner: User) -> None:
    token = make_token(owner)
    owner.set_unusable_password()
    owner.save(update_fields=["password"])
    assert not works(token)


@pytest.mark.parametrize("fields", [None, ["email"], ["password"]])
def test_other_changes_keep_tokens(owner: User, fields: list[str] | None) -> None:
    token = make_token(owner)
    owner.email = "owner@example.org"
    owner.save(update_fields=fields)
    assert works(token)


def test_a_newer_hasher_keeps_tokens(owner: User, settings: Any) -> None:
    token, stored = make_token(owner), owner.password
    newer = "django.contrib.auth.hashers.ScryptPasswordHasher"
    settings.PASSWORD_HASHERS = [newer, *settings.PASSWORD_HASHERS]
    Client().post("/login/", {"username": "owner", "password": "secret-of-tests"})
    owner.refresh_from_db()
    assert owner.password != stored
    assert works(token)


def test_no_token_with_a_password_that_changed(owner: User) -> None:
    authenticated = User.objects.get(pk=owner.pk)
    owner.set_password("another-secret")
    owner.save()
    with pytest.raises(NotFound):
        tokens.create(authenticated, expiry=None)


def test_the_new_expiry_is_in_the_response(client: Client, owner: User) -> None:
    form = {"username": "owner", "password": "secret-of-tests"}
    body = client.post("/api/v1/auth/token/", form, content_type="application/json").json()
    assert AuthToken.objects.get().expiry.isoformat()[:19] == body["expires_at"][:19]


def test_a_command_makes_a_working_token(owner: User) -> None:
    out = StringIO()
    call_command("apitoken", "owner", stdout=out)
    assert works(out.getvalue().strip())
