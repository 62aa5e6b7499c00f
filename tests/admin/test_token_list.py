"""The admin lists and deletes API tokens, and does nothing else with them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from knox.models import AuthToken

from gallery.accounts import tokens
from tests.builders import make_user

TOKENS = "/admin/knox/authtoken/"


@pytest.fixture
def token_viewer(db: None) -> Client:
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_authtoken"))
    client = Client()
    client.force_login(user)
    return client


def test_nobody_makes_tokens_for_others(
    manager_client: Client, curator_client: Client, curator: User
) -> None:
    for client in (manager_client, curator_client):
        response = client.post(
            f"{TOKENS}add/", {"user": curator.pk, "expiry_0": "", "expiry_1": ""}
        )
        assert response.status_code == 403
    assert not AuthToken.objects.exists()


def test_tokens_cannot_be_changed(manager_client: Client, owner: User, curator: User) -> None:
    token, _secret = AuthToken.objects.create(user=owner)
    form = {"user": curator.pk, "expiry_0": "", "expiry_1": ""}
    assert manager_client.post(f"{TOKENS}{token.pk}/change/", form).status_code == 403
    token.refresh_from_db()
    assert (token.user, token.expiry is None) == (owner, False)


@pytest.mark.parametrize("page", ["", "change/"])
def test_lists_of_tokens_show_no_secret(token_viewer: Client, owner: User, page: str) -> None:
    token, secret = AuthToken.objects.create(user=owner)
    tokens.note_use(token)
    AuthToken.objects.create(user=owner, expiry=None)
    address = f"{TOKENS}{token.pk}/{page}" if page else TOKENS
    text = token_viewer.get(address).content.decode()
    assert "API tokens" in text
    assert "Knox" not in text
    assert "owner" in text
    assert secret[:8] not in text
    if not page:
        assert "Never used" in text
        assert "Does not expire" in text


def test_the_section_has_a_name_in_words(curator_client: Client) -> None:
    header = {"Accept-Language": "zh-hans"}
    assert "API 令牌" in curator_client.get("/admin/", headers=header).content.decode()


def test_viewers_of_tokens_delete_none(token_viewer: Client, owner: User) -> None:
    token, _secret = AuthToken.objects.create(user=owner)
    assert token_viewer.post(f"{TOKENS}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": token.pk, "post": "yes"}
    token_viewer.post(TOKENS, form)
    assert AuthToken.objects.count() == 1


def test_tokens_are_deleted_in_the_list(curator_client: Client, owner: User) -> None:
    token, _secret = AuthToken.objects.create(user=owner)
    tokens.note_use(token)
    form = {"action": "delete_selected", "_selected_action": token.pk}
    question = curator_client.post(TOKENS, form).content.decode()
    assert "<li>owner, " in question
    assert curator_client.post(TOKENS, {**form, "post": "yes"}).status_code == 302
    assert not AuthToken.objects.exists()
