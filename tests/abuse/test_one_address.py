"""One address that takes all it can get: other addresses are served as before."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.abuse.slow_sockets import is_readable
from tests.local.services import eventually
from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

MB = 1 << 20
ATTACKER, VISITOR = "2001:db8::1", "2001:db8:0:1::1"
# In the same network (/64) as the attacker.
NEIGHBOUR = "2001:db8::2"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(
        SEARCHSITE_PROXIES="1", SEARCHSITE_BODY_SPACE="40M", SEARCHSITE_WEB_CONNECTIONS="40"
    ) as site:
        yield site


def unfinished(site: Site, address: str, length: int, sent: int = 0) -> socket.socket:
    """A connection that sends ``sent`` bytes of a search by picture of ``length`` bytes."""
    head = f"POST /search/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n"
    head += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n"
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    connection.sendall(head.encode() + b"\r\n" + bytes(sent))
    return connection


def answer(
    site: Site, address: str, method: str = "GET", path: str = "/login/", body: bytes = b""
) -> tuple[int, Any, str | None]:
    """Status, code of the error (if the answer is one), and the header Retry-After."""
    headers = {"X-Forwarded-For": address, "Accept": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as client:
        client.request(method, path, body, headers)
        response = client.getresponse()
        content = response.read()
    is_json = response.getheader("Content-Type") == "application/json"
    code = json.loads(content)["code"] if is_json else None
    return response.status, code, response.getheader("Retry-After")


def picture_search(site: Site, address: str, size: int) -> tuple[int, Any, str | None]:
    return answer(site, address, "POST", "/search/", bytes(size))


def test_one_address_cannot_take_all_space(site: Site) -> None:
    # Each byte counts twice, so 18 MB are nearly all of the space.
    with unfinished(site, ATTACKER, 9 * MB, sent=8 * MB):
        with unfinished(site, ATTACKER, 9 * MB) as second:
            assert is_readable(second, seconds=5)
            assert b" 429 " in second.recv(100)
        assert picture_search(site, NEIGHBOUR, 9 * MB) == (429, "too_many_bodies", "10")
        # The CSRF check refuses it, after the body was received.
        assert picture_search(site, VISITOR, 5 * MB)[0] == 403
        assert picture_search(site, VISITOR, 13 * MB) == (507, "no_space_for_body", "10")
    assert eventually(lambda: picture_search(site, NEIGHBOUR, 9 * MB)[0] == 403, 10)


def test_one_address_cannot_take_all_connections(site: Site) -> None:
    with ExitStack() as connections:
        for _ in range(10):
            connections.enter_context(unfinished(site, ATTACKER, 1000))
        assert eventually(lambda: answer(site, ATTACKER) == (429, "throttled", "10"), 5)
        assert answer(site, NEIGHBOUR, path="/api/v1/search/?q=red")[::2] == (429, "10")
        assert answer(site, VISITOR)[0] == 200
    assert eventually(lambda: answer(site, ATTACKER)[0] == 200, 10)
