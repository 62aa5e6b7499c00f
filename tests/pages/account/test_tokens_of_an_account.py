from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from gallery.accounts import tokens
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
    row, token = tokens.create(owner, expiry=timezone.now() + timedelta(days=2))
    assert "Never used" in page(owner_client)
    use(token)
    text = page(owner_client)
    assert row.token.token_key in text
    assert f"Last used {date_format(timezone.now(), 'DATE_FORMAT')}" in text
    assert f"Expires {date_format(row.token.expiry, 'DATE_FORMAT')}" in text


def test_the_last_use_moves_on(owner: User, owner_client: Client) -> None:
    _row, token = tokens.create(owner, expiry=None)
    use(token)
    earlier = timezone.now() - timedelta(days=3)
    TokenUse.objects.update(used_at=earlier)
    assert f"Last used {date_format(earlier, 'DATE_FORMAT')}" in page(owner_client)
    use(token)
    assert f"Last used {date_format(timezone.now(), 'DATE_FORMAT')}" in page(owner_client)


def test_expired_and_eternal_tokens_are_marked(owner: User, owner_client: Client) -> None:
    tokens.create(owner, expiry=timezone.now() + timedelta(days=-1))
    tokens.create(owner, expiry=None)
    text = page(owner_client)
    assert "Expired" in text
    assert "Does not expire" in text


def test_a_token_is_deleted_after_a_question(owner: User, owner_client: Client) -> None:
    row, token = tokens.create(owner, expiry=None, name="kiosk")
    address = f"/account/tokens/revoke/?token={row.pk}"
    assert f'href="{address}"' in page(owner_client)
    assert "the token “kiosk”" in owner_client.get(address).content.decode()
    use(token)
    response = owner_client.post("/account/tokens/revoke/", {"token": row.pk}, follow=True)
    text = response.content.decode()
    assert "Token deleted." in text
    assert "You have no tokens." in text
    header = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/images/", headers=header).status_code == 401


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("key", ["", "x", str(uuid.UUID(int=1))])
def test_a_deleted_token_leads_to_the_account(owner_client: Client, key: str, method: str) -> None:
    send = getattr(owner_client, method)
    response = send("/account/tokens/revoke/", {"token": key}, follow=True)
    assert response.redirect_chain == [("/account/", 302)]
    assert "This token does not exist any more." in response.content.decode()


@pytest.mark.parametrize("address", ["/account/tokens/", "/account/tokens/revoke/"])
def test_addresses_of_forms_lead_to_the_account(owner_client: Client, address: str) -> None:
    """A change of language, a reload, and Forward open them without the form."""
    response = owner_client.post("/language/", {"language": "en", "next": address}, follow=True)
    assert response.redirect_chain == [(address, 302), ("/account/", 302)]


def test_tokens_of_others_stay_secret(owner: User, stranger_client: Client) -> None:
    row, token = tokens.create(owner, expiry=None, name="kiosk")
    assert row.token.token_key not in page(stranger_client)
    for send in (stranger_client.get, stranger_client.post):
        response = send("/account/tokens/revoke/", {"token": str(row.pk)}, follow=True)
        assert "This token does not exist any more." in response.content.decode()
        assert "kiosk" not in response.content.decode()
    use(token)


def create(client: Client, **fields: object) -> str:
    """The text of the page after the form was sent."""
    form = {"name": "kiosk", "scope": "read", "days": "30", **fields}
    return client.post("/account/tokens/", form).content.decode()


def shown_token(text: str) -> str | None:
    match = re.search(r"\b[0-9a-f]{64}\b", text)
    return match and match[0]


def test_a_new_token_is_shown_once(owner_client: Client) -> None:
    response = owner_client.post(
        "/account/tokens/", {"name": "kiosk", "scope": "read", "days": "30"}
    )
    assert "no-store" in response["Cache-Control"]
    token = shown_token(response.content.decode())
    assert token
    use(token)
    text = page(owner_client)
    assert token not in text
    assert "kiosk" in text
    assert "Reads only" in text


@pytest.mark.parametrize(("scope", "scopes"), [("read", ["read"]), ("write", ["read", "write"])])
def test_the_form_limits_the_token(owner_client: Client, scope: str, scopes: list[str]) -> None:
    create(owner_client, scope=scope, days="0")
    (row,) = owner_client.get("/api/v1/auth/tokens/").json()["results"]
    assert (row["scopes"], row["expires_at"]) == (scopes, None)


@pytest.mark.parametrize("fields", [{"name": ""}, {"scope": "admin"}, {"days": "31"}])
def test_a_wrong_form_creates_no_token(owner_client: Client, fields: dict[str, str]) -> None:
    text = create(owner_client, **fields)
    assert "errorlist" in text
    assert shown_token(text) is None
    assert "You have no tokens." in text


def test_only_staff_are_offered_to_administer(owner_client: Client, curator_client: Client) -> None:
    assert 'value="admin"' not in page(owner_client)
    assert 'value="admin"' in page(curator_client)
    assert "Administers" in create(curator_client, scope="admin")


def test_the_form_needs_a_login(client: Client) -> None:
    assert client.post("/account/tokens/", {"name": "x"}).status_code == 302
