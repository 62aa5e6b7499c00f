"""Bodies that are refused before they are parsed, at any address."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.core.body_limits import REFUSED
from tests.api.responses import problem
from tests.api.test_oversized_bodies import Endless

ADDRESSES = [
    "/login/",
    "/logout/",
    "/theme/",
    "/language/",
    "/healthz/",
    "/",
    "/search/",
    "/upload/",
]
ADDRESSES += ["/admin/login/", "/statistics/"]


def post(client: Client, address: str, length: int, **extra: str) -> tuple[Any, int]:
    """The response, and how many bytes of the body were read."""
    stream = Endless()
    values: dict[str, Any] = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(length),
    }
    values |= {"wsgi.input": stream, **extra}
    response = client.generic("POST", address, **values)
    return response, stream.read_bytes


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_gigabyte_is_refused_unread(visitor: Client, address: str) -> None:
    response, read = post(visitor, address, 1 << 30)
    assert (response.status_code, read) == (413, 0)


def test_a_form_accepts_no_picture(visitor: Client) -> None:
    response, read = post(visitor, "/login/", 5 << 20)
    assert (response.status_code, read) == (413, 0)
    assert "The request is too large." in response.content.decode()


def test_a_script_gets_the_code(visitor: Client) -> None:
    response, _ = post(visitor, "/upload/", 1 << 30, HTTP_ACCEPT="application/json")
    assert response.json()["code"] == "request_too_large"


def test_a_body_without_length_is_refused(visitor: Client) -> None:
    extra = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    response, read = post(visitor, "/login/", 0, **extra)
    assert (response.status_code, read) == (411, 0)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("full", 507),
        ("too_slow", 408),
        ("too_many_bodies", 429),
        ("too_many_requests", 429),
        ("charset", 400),
    ],
)
def test_a_body_that_was_not_received(visitor: Client, reason: str, status: int) -> None:
    response, read = post(visitor, "/upload/", 1000, **{REFUSED: reason})
    assert (response.status_code, read) == (status, 0)


def test_the_api_refuses_before_authentication(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response, read = post(client, "/api/v1/auth/token/", 1 << 30)
    problem(response, 413, "request_too_large")
    assert read == 0


@pytest.mark.parametrize(
    ("address", "status"), [("/login/", 400), ("/theme/", 400), ("/nowhere/", 404)]
)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
        ("application/x-www-form-urlencoded", b"a&" * 2000),
    ],
)
def test_an_unreadable_form_logs_one_line(
    visitor: Client,
    caplog: pytest.LogCaptureFixture,
    address: str,
    status: int,
    content_type: str,
    body: bytes,
) -> None:
    response = visitor.generic("POST", address, body, content_type)
    assert response.status_code == status
    if status == 400:
        assert "The link or the form data is not valid." in response.content.decode()
    (record,) = caplog.records
    assert record.exc_info is None
