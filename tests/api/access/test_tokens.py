from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from tests.api.responses import json_body, problem
from tests.builders import make_image

TOKEN = "/api/v1/auth/token/"


def login(client: Client, name: str = "owner", password: str = "secret-of-tests") -> Any:
    credentials = {"username": name, "password": password}
    return client.post(TOKEN, credentials, content_type="application/json")


def authorised(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def test_username_and_password_give_a_working_token(client: Client, owner: User) -> None:
    response = login(client)
    body = json_body(response, 201)
    assert body["username"] == "owner"
    assert "no-store" in response["Cache-Control"]
    image = make_image(owner, visibility="private")
    read = client.get(f"/api/v1/images/{image.pk}/", headers=authorised(body["token"]))
    assert read.status_code == 200


def test_bearer_is_the_same_as_token(client: Client, owner: User) -> None:
    token = json_body(login(client), 201)["token"]
    image = make_image(owner, visibility="private")
    for header, status in ((f"Bearer {token}", 200), (f"bearer {token}", 200), ("Bearer x", 401)):
        read = client.get(f"/api/v1/images/{image.pk}/", headers={"Authorization": header})
        assert read.status_code == status


def test_an_expired_token_is_refused(client: Client, owner: User) -> None:
    token = json_body(login(client), 201)["token"]
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    problem(client.get("/api/v1/images/", headers=authorised(token)), 401, "authentication_failed")


def test_a_token_of_a_closed_account_is_refused(client: Client, owner: User) -> None:
    token = json_body(login(client), 201)["token"]
    User.objects.update(is_active=False)
    problem(client.get("/api/v1/images/", headers=authorised(token)), 401, "authentication_failed")


def test_only_a_digest_is_stored(client: Client, owner: User) -> None:
    token = json_body(login(client), 201)["token"]
    row = AuthToken.objects.get()
    assert token not in (row.digest, row.token_key)
    assert row.expiry is not None


def test_a_token_can_be_deleted(client: Client, owner: User) -> None:
    token, other = (json_body(login(client), 201)["token"] for _ in range(2))
    assert client.delete(TOKEN, headers=authorised(token)).status_code == 204
    problem(client.get("/api/v1/images/", headers=authorised(token)), 401, "authentication_failed")
    assert client.get("/api/v1/images/", headers=authorised(other)).status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("owner", "wrong"),
        ("nobody", "secret-of-tests"),
        ("owner ", "secret-of-tests "),
        ("o", "\t"),
    ],
)
def test_all_wrong_credentials_give_the_same_error(
    client: Client, owner: User, name: str, password: str
) -> None:
    document = problem(login(client, name, password), 401, "authentication_failed")
    assert document == problem(login(client, "x", "y"), 401, "authentication_failed")
    assert not AuthToken.objects.exists()


def test_a_disabled_user_cannot_use_tokens(client: Client, owner: User) -> None:
    token = json_body(login(client), 201)["token"]
    User.objects.filter(pk=owner.pk).update(is_active=False)
    problem(login(client), 401, "authentication_failed")
    problem(client.get("/api/v1/images/", headers=authorised(token)), 401, "authentication_failed")


@pytest.mark.parametrize("credentials", [{}, {"username": "owner"}, {"password": "x"}, []])
def test_missing_credentials_are_rejected(client: Client, db: None, credentials: Any) -> None:
    response = client.post(TOKEN, credentials, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["\x00", "a" * 151, ["x"]])
def test_an_invalid_username_is_rejected(client: Client, db: None, name: Any) -> None:
    assert login(client, name).status_code == 400


@pytest.mark.parametrize(
    "header",
    ["Token", "Token x y", "Token 0123", "Token \xff\xfe", "Token a\x00b", "Token " + "f" * 9000],
)
def test_an_invalid_token_is_rejected(client: Client, db: None, header: str) -> None:
    response = client.get("/api/v1/images/", headers={"Authorization": header})
    problem(response, 401, "authentication_failed")
    assert response["WWW-Authenticate"] == "Token"


def test_an_invalid_token_does_not_prevent_login(client: Client, owner: User) -> None:
    response = client.post(
        TOKEN,
        {"username": "owner", "password": "secret-of-tests"},
        content_type="application/json",
        headers=authorised("0" * 64),
    )
    assert response.status_code == 201


def test_a_session_cannot_delete_a_token(owner_client: Client) -> None:
    problem(owner_client.delete(TOKEN), 401, "not_authenticated")


def test_a_token_needs_no_csrf_token(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = json_body(login(client), 201)["token"]
    image = make_image(owner)
    response = client.delete(f"/api/v1/images/{image.pk}/", headers=authorised(token))
    assert response.status_code == 204
