from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from knox.models import AuthToken

from gallery.models import TokenUse

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get("/account/").content.decode()


def use(token: str) -> None:
    assert (
        Client().get("/api/v1/images/", headers={"Authorization": f"Token {token}"}).status_code
        == 200
    )


def test_the_page_needs_a_login(client: Client) -> None:
    assert client.get("/account/").headers["Location"] == "/login/?next=/account/"
    assert client.post("/account/tokens/revoke/").status_code == 302


def test_last_use_and_expiry_are_shown(owner: User, owner_client: Client) -> None:
    row, token = AuthToken.objects.create(user=owner, expiry=timedelta(days=2))
    assert "Never used" in page(owner_client)
    use(token)
    text = page(owner_client)
    assert row.token_key in text
    assert f"Last used {date_format(timezone.now(), 'DATE_FORMAT')}" in text
    assert f"Expires {date_format(row.expiry, 'DATE_FORMAT')}" in text


def test_the_last_use_moves_on(owner: User, owner_client: Client) -> None:
    _row, token = AuthToken.objects.create(user=owner)
    use(token)
    earlier = timezone.now() - timedelta(days=3)
    TokenUse.objects.update(used_at=earlier)
    assert f"Last used {date_format(earlier, 'DATE_FORMAT')}" in page(owner_client)
    use(token)
    assert f"Last used {date_format(timezone.now(), 'DATE_FORMAT')}" in page(owner_client)


def test_expired_and_eternal_tokens_are_marked(owner: User, owner_client: Client) -> None:
    AuthToken.objects.create(user=owner, expiry=timedelta(days=-1))
    AuthToken.objects.create(user=owner, expiry=None)
    text = page(owner_client)
    assert "Expired" in text
    assert "Does not expire" in text


def test_a_token_can_be_deleted(owner: User, owner_client: Client) -> None:
    row, token = AuthToken.objects.create(user=owner)
    response = owner_client.post("/account/tokens/revoke/", {"token": row.digest}, follow=True)
    assert "You have no tokens." in response.content.decode()
    header = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/images/", headers=header).status_code == 401


@pytest.mark.parametrize("digest", ["", "x", "\0"])
def test_unknown_tokens_are_not_found(owner_client: Client, digest: str) -> None:
    assert owner_client.post("/account/tokens/revoke/", {"token": digest}).status_code == 404


def test_tokens_of_others_stay_secret(owner: User, stranger_client: Client) -> None:
    row, token = AuthToken.objects.create(user=owner)
    assert row.token_key not in page(stranger_client)
    response = stranger_client.post("/account/tokens/revoke/", {"token": row.digest})
    assert response.status_code == 404
    use(token)
