"""Guesses of passwords: limited for page, admin and token route together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db

TOKEN = "/api/v1/auth/token/"
ROUTES = ["/login/", "/admin/login/", TOKEN]
RIGHT = "secret-of-tests"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel("2026-05-04T12:00:10Z", tick=False) as clock:
        yield clock


def attempt(
    route: str, name: str = "curator", password: str = "wrong", address: str = "10.0.0.1"
) -> Any:
    form = {"username": name, "password": password}
    client = Client(REMOTE_ADDR=address)
    if route == TOKEN:
        return client.post(route, form, content_type="application/json")
    return client.post(route, form)


def is_checked(response: Any) -> bool:
    return bool(response.status_code != 429)


@pytest.mark.parametrize("route", ROUTES)
def test_ten_guesses_are_checked(curator: User, route: str) -> None:
    assert [is_checked(attempt(route)) for _ in range(60)] == [True] * 10 + [False] * 50


def test_all_routes_share_the_limit(curator: User) -> None:
    responses = [attempt(ROUTES[number % 3]) for number in range(30)]
    assert sum(map(is_checked, responses)) == 10


@pytest.mark.parametrize("route", ROUTES)
def test_the_right_password_is_refused_too(curator: User, route: str) -> None:
    for _ in range(10):
        attempt("/login/")
    response = attempt(route, password=RIGHT)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900


def test_the_page_says_how_long(curator: User) -> None:
    for _ in range(10):
        attempt("/login/")
    assert "Try again in 15 minutes." in attempt("/login/").content.decode()


def test_one_address_cannot_try_many_names(db: None) -> None:
    responses = [attempt(TOKEN, f"name{number}") for number in range(40)]
    assert sum(map(is_checked, responses)) == 20


def test_a_name_is_limited_for_all_addresses(curator: User) -> None:
    responses = [attempt("/login/", address=f"10.1.0.{number}") for number in range(60)]
    assert sum(map(is_checked, responses)) == 30


@pytest.mark.parametrize("route", ROUTES)
def test_guesses_elsewhere_do_not_lock_out(curator: User, route: str) -> None:
    assert is_checked(attempt(route, password=RIGHT, address="10.9.9.9"))
    for number in range(60):
        attempt("/login/", address=f"10.1.0.{number}")
    assert is_checked(attempt(route, password=RIGHT, address="10.9.9.9"))
    assert not is_checked(attempt(route, password=RIGHT, address="10.8.8.8"))


def test_a_lock_ends_after_fifteen_minutes(curator: User, clock: Any) -> None:
    for number in range(60):
        attempt("/login/", address=f"10.1.0.{number}")
    clock.shift(900)
    assert attempt("/login/", password=RIGHT).status_code == 302


def test_correct_passwords_are_not_counted(curator: User) -> None:
    assert {attempt("/login/", password=RIGHT).status_code for _ in range(40)} == {302}


@pytest.mark.parametrize("name", ["CURATOR", "ｃｕｒａｔｏｒ"])
def test_other_spellings_count_as_the_name(curator: User, name: str) -> None:
    for _ in range(10):
        attempt("/login/", name)
    assert not is_checked(attempt("/login/"))


def test_one_ipv6_network_counts_as_one_address(curator: User) -> None:
    responses = [attempt("/login/", address=f"2001:db8::{n}") for n in range(1, 21)]
    assert sum(map(is_checked, responses)) == 10


def test_limits_do_not_need_redis(curator: User, settings: Any) -> None:
    caches = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": caches}
    assert sum(is_checked(attempt("/login/")) for _ in range(12)) == 10


def test_past_attempts_are_deleted(curator: User, clock: Any) -> None:
    for number in range(5):
        attempt("/login/", f"name{number}")
    clock.shift(3600)
    attempt("/login/", "another")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM gallery_logincounter")
        assert cursor.fetchone() == (3,)


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_counted_exactly(curator: User) -> None:
    def guess(number: int) -> bool:
        try:
            return is_checked(attempt(ROUTES[number % 3]))
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(guess, range(96))) == 10
