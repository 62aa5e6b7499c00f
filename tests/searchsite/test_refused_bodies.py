"""Answers before a body has arrived: the next request of the connection is answered, or the answer
says that the connection is closed.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from tests.searchsite.front_server import Server

MB = 1 << 20
_NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with closing(Server()) as server:
        # The first request of a process imports most of the program.
        with server.socket() as client:
            client.sendall(_NEXT)
            answer_of(client)
        yield server


def post(framing: str) -> bytes:
    return f"POST /login/ HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n".encode()


def answer_of(client: socket.socket) -> tuple[str, str]:
    """Header and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _next_bytes(client)
    header, _, body = received.partition(b"\r\n\r\n")
    length = int(header.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _next_bytes(client)
    return header.decode(), body.decode()


def _next_bytes(client: socket.socket) -> bytes:
    received = client.recv(100_000)
    assert received, "the connection is closed"
    return received


@pytest.mark.parametrize(
    ("framing", "body", "refusal"),
    [
        (f"Content-Length: {3 * MB}", bytes(3 * MB), "too_large"),
        (f"Content-Length: {15 * MB}", bytes(15 * MB), "too_large"),
        ("Content-Length: 3\r\nContent-Type: text/plain; charset=hex", b"abc", "charset"),
        ("Transfer-Encoding: chunked", b"3\r\nabc\r\n0\r\n\r\n", "length_required"),
    ],
)
def test_the_connection_serves_the_next_request(
    server: Server, framing: str, body: bytes, refusal: str
) -> None:
    with server.socket() as client:
        client.sendall(post(framing) + body)
        header, text = answer_of(client)
        assert f'"gallery.body_refused": "{refusal}"' in text
        assert "connection: close" not in header.lower()
        client.sendall(_NEXT)
        assert '"PATH_INFO": "/next"' in answer_of(client)[1]


@pytest.mark.parametrize(
    ("framing", "part"),
    [
        (f"Content-Length: {20 * MB}", b"abc"),
        (f"Content-Length: {3 * MB}", b"the client sends no more"),
        (f"Content-Length: {3 * MB}\r\nExpect: 100-continue", b""),
        ("Transfer-Encoding: chunked", b"3\r\nabc\r\n"),
    ],
)
def test_the_answer_announces_the_end(server: Server, framing: str, part: bytes) -> None:
    with server.socket() as client:
        client.sendall(post(framing) + part)
        header, _ = answer_of(client)
        assert "connection: close" in header.lower()
        began = monotonic()
        assert client.recv(1) == b""
        assert monotonic() - began < 5


def test_a_long_body_is_sent_completely(server: Server) -> None:
    with server.socket() as client:
        client.sendall(post(f"Content-Length: {17 * MB}"))
        header, _ = answer_of(client)
        client.sendall(bytes(15 * MB))  # without an error of the connection
    assert "connection: close" in header.lower()


def test_a_client_that_waits_is_told_at_once(server: Server) -> None:
    with server.socket() as client:
        began = monotonic()
        client.sendall(post(f"Content-Length: {3 * MB}\r\nExpect: 100-continue"))
        assert answer_of(client)[0].startswith("HTTP/1.1 200")  # and not 100
        assert monotonic() - began < 1.9  # a refused body is read for 2 seconds
