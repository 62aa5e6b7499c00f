"""Guesses of a password on a running site with two web processes, in parallel on all routes."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

TOKEN = "/api/v1/auth/token/"
ROUTES = ["/login/", "/admin/login/", TOKEN]
FORM = {"username": "admin", "password": "wrong"}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(WEB_CONCURRENCY="2") as site:
        yield site


def csrf(connection: http.client.HTTPConnection, route: str) -> dict[str, str]:
    connection.request("GET", route)
    response = connection.getresponse()
    cookie = str(response.getheader("Set-Cookie")).split(";")[0]
    match = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', response.read())
    assert match
    return {"Cookie": cookie, "X-CSRFToken": match[1].decode()}


def guess(site: Site, route: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    if route == TOKEN:
        headers, body = {"Content-Type": "application/json"}, json.dumps(FORM)
    else:
        headers, body = csrf(connection, route), urlencode(FORM)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", route, body, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("Retry-After")


def test_parallel_guesses_share_one_exact_limit(site: Site) -> None:
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda n: guess(site, ROUTES[n % 3]), range(60)))
    refused = [wait for status, wait in answers if status == 429]
    # Ten in a window; the guesses may meet the edge between two windows.
    assert len(answers) - len(refused) in (10, 20)
    assert all(wait and 0 < int(wait) <= 900 for wait in refused)
