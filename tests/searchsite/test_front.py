"""The web server: requests reach the application as they were sent, and slow ones are ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings

_APPLICATION = "tests.searchsite.programs.front_application"
_KEEPALIVE = 2


class Server:
    def __init__(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:searchsite.gunicorn_config"]
        command += ["--keep-alive", str(_KEEPALIVE), _APPLICATION]
        environment = {**os.environ, "PORT": str(self.port)}
        self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
        deadline = monotonic() + 30
        while monotonic() < deadline:
            try:
                self.socket().close()
                return
            except OSError:
                sleep(0.1)
        raise RuntimeError("the server does not answer")

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def environ(
    server: Server, method: str, address: str, body: str | None = None, **headers: str
) -> dict[str, str]:
    """The environment in which the application answers."""
    with closing(server.client()) as client:
        client.request(method, address, body, headers)
        answer: dict[str, str] = json.loads(client.getresponse().read())
    return answer


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
        assert monotonic() - began < _KEEPALIVE + 3


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
