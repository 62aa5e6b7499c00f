from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from gallery.core.rate_limit import parse_rate
from tests.api.responses import problem

TOKEN = "/api/v1/auth/token/"


@pytest.fixture(autouse=True)
def stopped_clock() -> Any:
    with time_machine.travel("2026-05-04T12:00:10Z", tick=False) as clock:
        yield clock


@pytest.fixture
def rates(settings: Any) -> dict[str, str | None]:
    """The ``DEFAULT_THROTTLE_RATES`` of this test."""
    chosen: dict[str, str | None] = {}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": chosen}
    return chosen


def guess(client: Client, name: str = "owner", **extra: Any) -> Any:
    credentials = {"username": name, "password": "wrong"}
    return client.post(TOKEN, credentials, content_type="application/json", **extra)


def test_password_guessing_stops_at_the_limit(
    client: Client, owner: User, rates: dict[str, Any]
) -> None:
    rates["login_address"] = "3/m"
    assert [guess(client).status_code for _ in range(5)] == [401, 401, 401, 429, 429]


def test_a_throttled_response_has_retry_after(
    client: Client, db: None, rates: dict[str, Any]
) -> None:
    rates["login_address"] = "1/m"
    guess(client)
    response = guess(client)
    problem(response, 429, "throttled")
    assert response["Retry-After"] == "50"


def test_the_next_window_starts_at_zero(
    client: Client, db: None, rates: dict[str, Any], stopped_clock: Any
) -> None:
    rates["login_address"] = "1/m"
    guess(client)
    stopped_clock.shift(int(guess(client)["Retry-After"]))
    assert guess(client).status_code == 401


def test_an_account_is_limited_across_addresses(
    client: Client, owner: User, rates: dict[str, Any]
) -> None:
    rates["login_name"] = "2/15m"
    tried = [guess(client, "Owner", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)]
    assert tried == [401, 401, 429]
    assert guess(client, "stranger").status_code == 401


@pytest.mark.parametrize("proxies", [None, 0])
def test_a_forged_forwarded_address_is_ignored(
    client: Client,
    db: None,
    rates: dict[str, Any],
    settings: Any,
    proxies: int | None,
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    rates["login_address"] = "1/m"
    guess(client, headers={"X-Forwarded-For": "1.1.1.1"})
    assert guess(client, headers={"X-Forwarded-For": "2.2.2.2"}).status_code == 429


def test_clients_behind_a_proxy_are_limited_separately(
    client: Client, db: None, rates: dict[str, Any], settings: Any
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    rates["login_address"] = "1/m"
    for address in ("1.1.1.1", "2.2.2.2", "1.1.1.1"):
        last = guess(client, headers={"X-Forwarded-For": f"9.9.9.9, {address}"})
    assert last.status_code == 429


@pytest.mark.parametrize(
    ("scope", "method", "address"),
    [
        ("anonymous_search", "get", "/api/v1/search/"),
        ("anonymous_search", "post", "/api/v1/search/"),
        ("anonymous_upload", "post", "/api/v1/images/"),
    ],
)
def test_only_anonymous_visitors_are_limited(
    client: Client,
    owner_client: Client,
    rates: dict[str, Any],
    gallery_setting: Any,
    scope: str,
    method: str,
    address: str,
) -> None:
    gallery_setting(anonymous_upload=True)
    rates[scope] = "1/m"
    assert [getattr(client, method)(address).status_code for _ in range(2)] == [400, 429]
    assert [getattr(owner_client, method)(address).status_code for _ in range(2)] == [400, 400]


def test_listing_does_not_count_as_uploading(
    client: Client, db: None, rates: dict[str, Any]
) -> None:
    rates["anonymous_upload"] = "1/m"
    assert [client.get("/api/v1/images/").status_code for _ in range(2)] == [200, 200]


def test_a_limit_can_be_disabled(client: Client, db: None, rates: dict[str, Any]) -> None:
    rates |= {"login_address": None, "login_pair": None, "login_name": None}
    assert {guess(client).status_code for _ in range(40)} == {401}


def test_without_redis_logins_stay_limited(
    client: Client, db: None, rates: dict[str, Any], no_redis: None
) -> None:
    rates["login_address"] = "2/m"
    assert [guess(client).status_code for _ in range(3)] == [401, 401, 429]


def test_one_ipv6_network_is_one_client(client: Client, db: None, rates: dict[str, Any]) -> None:
    rates["login_address"] = "1/m"
    guess(client, REMOTE_ADDR="2001:db8::1")
    assert guess(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert guess(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 401


@pytest.mark.parametrize(
    ("rate", "parsed"),
    [("20/m", (20, 60)), ("30/15m", (30, 900)), ("5/min", (5, 60)), ("1/2h", (1, 7200))],
)
def test_a_rate_is_parsed(rate: str, parsed: tuple[int, int]) -> None:
    assert parse_rate(rate) == parsed


def test_an_invalid_rate_is_rejected() -> None:
    with pytest.raises(ValueError, match="30/15m"):
        parse_rate("often")


def test_answers_say_what_remains_of_a_limit(
    client: Client, db: None, rates: dict[str, Any]
) -> None:
    rates["anonymous_search"] = "2/m"
    answers = [client.get("/api/v1/search/", {"q": ""}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"anonymous_search";q=2;w=60'}
    states = [f'"anonymous_search";r={remaining};t=50' for remaining in (1, 0, 0)]
    assert [answer["RateLimit"] for answer in answers] == states


def test_requests_without_a_limit_have_no_limit_headers(
    client: Client, owner_client: Client, rates: dict[str, Any]
) -> None:
    assert "RateLimit" not in client.get("/api/v1/images/")
    assert "RateLimit" not in owner_client.get("/api/v1/search/", {"q": ""})
