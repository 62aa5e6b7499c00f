"""Server-sent events: they arrive while the application makes them, until the client goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.searchsite.front_server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with closing(Server()) as server:
        yield server


def test_first_event_arrives_before_the_last(server: Server, tmp_path: Path) -> None:
    noted = tmp_path / "made"
    with closing(server.client()) as client:
        client.request("GET", f"/?events={noted}")
        response = client.getresponse()
        assert response.read(9) == b"data: 1\n\n"
        assert not noted.exists()
        assert response.read().endswith(b"data: 10\n\n")


def test_no_event_is_made_after_the_client_has_gone(server: Server, tmp_path: Path) -> None:
    noted = tmp_path / "made"
    with closing(server.client()) as client:
        client.request("GET", f"/?events={noted}")
        client.getresponse().read(9)
    deadline = monotonic() + 10
    while not noted.exists() and monotonic() < deadline:
        sleep(0.1)
    assert int(noted.read_text() or 0) < 10
