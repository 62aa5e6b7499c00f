"""The web server: requests reach the application as they were sent, and slow ones are ended."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.local.site import children_of
from tests.searchsite.front_server import KEEPALIVE, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with closing(Server(tmp_path_factory.mktemp("server") / "console")) as server:
        yield server


def environ(
    server: Server, method: str, address: str, body: str | None = None, **headers: str
) -> dict[str, str]:
    """The environment in which the application answers."""
    with closing(server.client()) as client:
        client.request(method, address, body, headers)
        answer: dict[str, str] = json.loads(client.getresponse().read())
    return answer


def resident_memory(process: int) -> int:
    """In bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def test_the_address_arrives_decoded(server: Server) -> None:
    answer = environ(server, "GET", "/search/%E6%B5%B7%2F?q=a%20b&q=%E6%B5%B7")
    assert answer["PATH_INFO"].encode("latin-1").decode() == "/search/海/"
    assert answer["QUERY_STRING"] == "q=a%20b&q=%E6%B5%B7"
    assert answer["REMOTE_ADDR"] == "127.0.0.1"
    assert answer["wsgi.url_scheme"] == "http"


def test_headers_arrive(server: Server) -> None:
    answer = environ(server, "GET", "/", None, **{"X-Real": "a", "Cookie": "a=1; b=2"})
    assert (answer["HTTP_X_REAL"], answer["HTTP_COOKIE"]) == ("a", "a=1; b=2")
    assert "HTTP_X_REAL" not in environ(server, "GET", "/", None, X_Real="forged")


def test_a_body_arrives(server: Server) -> None:
    answer = environ(server, "POST", "/", "x" * 1_000_000, **{"Content-Type": "text/plain"})
    assert answer["CONTENT_TYPE"] == "text/plain"
    assert answer["body"] == "x" * 1_000_000


@pytest.mark.parametrize("size", [0, 1000, 5_000_000])
def test_a_file_is_sent_completely(server: Server, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    with closing(server.client()) as client:
        for method, expected in (("HEAD", b""), ("GET", content), ("GET", content)):
            client.request(method, f"/?file={tmp_path / 'file'}")
            response = client.getresponse()
            assert response.getheader("Content-Length") == str(size)
            assert response.read() == expected


def test_a_refused_body_is_not_awaited(server: Server) -> None:
    with server.socket() as client:
        client.sendall(b"POST /login/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc")
        answer = client.recv(100_000)
    assert b'"gallery.body_refused": "too_large"' in answer
    assert b'"body": ""' in answer


def test_a_large_header_is_refused(server: Server) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 8000) for number in range(5))
    for end in (b"\r\n", b""):  # while it arrives, too
        answer = server.answer(b"GET / HTTP/1.1\r\nHost: a\r\n" + fields + end)
        assert b" 431 " in answer


def test_each_request_may_have_a_large_header(server: Server) -> None:
    with closing(server.client()) as client:
        for _ in range(3):
            client.request("GET", "/", headers={f"X-{part}": "a" * 7000 for part in "abcd"})
            response = client.getresponse()
            assert response.status == 200
            response.read()


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: " + b"1" * 5000,
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ],
)
def test_a_strange_header_is_answered_without_log(server: Server, header: bytes) -> None:
    answer = server.answer(b"GET / HTTP/1.1\r\nHost: a\r\n" + header + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))
    assert server.console.read_text() == ""


@pytest.mark.parametrize("charset", ["charset=hex", 'Charset = "idna"', "a*=zz'en'b"])
def test_a_charset_is_utf_8(server: Server, charset: str) -> None:
    content_type = {"Content-Type": f"text/plain; {charset}; boundary=x"}
    answer = environ(server, "POST", "/", "abc", **content_type)
    assert (answer["gallery.body_refused"], answer["body"]) == ("charset", "")
    for method, body in (("POST", "abc"), ("GET", None)):
        answer = environ(server, method, "/", body, **content_type)
        assert answer["CONTENT_TYPE"] == ""


@pytest.mark.parametrize("charset", ["charset=utf-8", 'charset="UTF-8"', "a=b"])
def test_utf_8_is_received(server: Server, charset: str) -> None:
    content_type = f"text/plain; {charset}; boundary=x"
    answer = environ(server, "POST", "/", "abc", **{"Content-Type": content_type})
    assert (answer["CONTENT_TYPE"], answer["body"]) == (content_type, "abc")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("request_start", "rest"),
    [
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", 252_000),
        # A request in progress, and the start of others.
        (b"GET /?seconds=6 HTTP/1.1\r\nHost: a\r\n\r\n", 600_000),
    ],
)
def test_slow_clients_take_little_memory(request_start: bytes, rest: int) -> None:
    with closing(Server()) as server, ExitStack() as connections:
        # The first body loads the addresses of the site, for its limit.
        environ(server, "POST", "/", "abc")
        (worker,) = children_of(server.process.pid)
        before = resident_memory(worker)
        for _ in range(150):
            client = connections.enter_context(server.socket())
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.send(request_start + bytes(rest))
        sleep(3)
        assert resident_memory(worker) - before < 150 * 250_000


def test_a_header_without_end_is_disconnected(server: Server) -> None:
    with server.socket() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        began = monotonic()
        while monotonic() - began < 8:
            try:
                client.sendall(b"a")
            except OSError:
                break
            sleep(0.2)
        assert monotonic() - began < KEEPALIVE + 3


def test_a_client_that_left_keeps_no_file_open(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(5_000_000))
    with server.socket() as client:
        client.sendall(f"GET /?late={file} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        sleep(0.5)
    # The server ends such a request after 3 seconds; its thread opens the file after 5.
    sleep(6)
    (worker,) = children_of(server.process.pid)
    descriptors = Path(f"/proc/{worker}/fd").iterdir()
    assert file not in [descriptor.readlink() for descriptor in descriptors]


def test_stopping_finishes_requests_only() -> None:
    server = Server()
    statuses: list[int] = []

    def ask() -> None:
        with closing(server.client()) as client:
            client.request("GET", "/?seconds=1.5")
            statuses.append(client.getresponse().status)

    with server.socket():  # without a request
        running = threading.Thread(target=ask)
        running.start()
        sleep(0.5)
        began = monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert monotonic() - began < 7  # it waits for requests up to 8 seconds
    running.join()
    assert statuses == [200]
