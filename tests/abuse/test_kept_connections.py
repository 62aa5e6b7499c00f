"""Clients that keep connections open: no refused request makes their next one fail."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

MB = 1 << 20
_PROGRAM = Path(__file__).parent / "programs" / "kept_connections.mjs"


class Refused(NamedTuple):
    address: str
    type: str
    size: int
    status: int


REFUSED = [
    Refused("/api/v1/auth/token/", "application/json", 3 * MB, 413),
    Refused("/api/v1/images/", "multipart/form-data; boundary=x", 80 * MB, 413),
    Refused("/api/v1/images/", "multipart/form-data; boundary=x", MB, 401),
    Refused("/api/v1/search/", "application/xml", MB, 415),
    Refused("/api/v1/search/", "application/json", MB, 400),
    Refused("/api/v1/search/", "application/json; charset=hex", MB, 400),
    Refused("/login/", "application/x-www-form-urlencoded", 20 * MB, 413),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def test_httpx_sends_its_next_request(site: Site) -> None:
    with httpx2.Client(base_url=site.url, timeout=30) as client:
        for refused in REFUSED * 3:
            headers = {"Content-Type": refused.type}
            answer = client.post(refused.address, content=b"x" * refused.size, headers=headers)
            assert answer.status_code == refused.status
            assert client.get("/livez/").status_code == 200


def test_httpx_keeps_the_connection(site: Site) -> None:
    def port(response: httpx2.Response) -> Any:
        return response.extensions["network_stream"].get_extra_info("client_addr")[1]

    short = [refused for refused in REFUSED if refused.size < 16 * MB]
    with httpx2.Client(base_url=site.url, timeout=30) as client:
        ports = {
            port(
                client.post(
                    refused.address,
                    content=b"x" * refused.size,
                    headers={"Content-Type": refused.type},
                )
            )
            for refused in short
        }
    assert len(ports) == 1


def test_node_sends_its_next_request(site: Site) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    requests = json.dumps([refused._asdict() for refused in REFUSED * 3])
    command = [node, str(_PROGRAM), requests, site.url]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(result.stdout) == [[refused.status, 200] for refused in REFUSED * 3]
