"""Anonymous bodies that are larger than any form: nothing of them reaches the disk."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

MB = 1 << 20
_FILE = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\n'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    temporary = tmp_path_factory.mktemp("temporary")
    with running_site(TMPDIR=str(temporary), SEARCHSITE_BODY_SPACE="40M") as site:
        yield site


def status_of_post(site: Site, address: str, framing: str, size: int) -> int:
    """The status of the answer to a multipart body, which is sent until the answer comes."""
    head = f"POST {address} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as client:
        client.sendall(head.encode() + (f"{size:x}\r\n".encode() if "chunked" in framing else b""))
        client.sendall(_FILE)
        client.setblocking(False)
        sent, answer, deadline = len(_FILE), b"", monotonic() + 10
        while not answer and monotonic() < deadline:
            with suppress(BlockingIOError, ConnectionError):
                sent += client.send(bytes(min(64 << 10, size - sent)))
            with suppress(BlockingIOError):
                answer = client.recv(1000)
    return int(answer.split(b" ", 2)[1])


def files_of(site: Site) -> int:
    """Bytes in the temporary folder of the site."""
    folder = Path(site.overrides["TMPDIR"])
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("address", ["/login/", "/theme/", "/healthz/", "/admin/login/"])
def test_1_5_gigabytes_are_refused(site: Site, address: str) -> None:
    before = files_of(site)
    began = monotonic()
    assert status_of_post(site, address, f"Content-Length: {1500 * MB}", 1500 * MB) == 413
    assert monotonic() - began < 3
    assert files_of(site) - before < MB
    assert site.is_healthy()


def test_an_endless_chunked_body_is_refused(site: Site) -> None:
    assert status_of_post(site, "/login/", "Transfer-Encoding: chunked", 1500 * MB) == 411


def test_a_full_temporary_folder_is_507(site: Site) -> None:
    assert status_of_post(site, "/search/", f"Content-Length: {60 * MB}", 60 * MB) == 507
    assert site.is_healthy()
