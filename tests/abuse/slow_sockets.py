"""Connections that are held open with as few bytes as possible."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

_UNFINISHED_HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
_UNFINISHED_BODY = (
    b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
)


@contextmanager
def held(port: int, original: str, each: int) -> Iterator[None]:
    """``each`` silent connections, slow readers of ``original`` and slow senders of requests."""
    download = f"GET {original} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    silent = [_connect(port, b"") for _ in range(each)]
    readers = [_connect(port, download) for _ in range(each)]
    halves = (_UNFINISHED_HEADER, _UNFINISHED_BODY)
    writers = [_connect(port, halves[number % 2]) for number in range(each)]
    stop = threading.Event()
    trickle = threading.Thread(target=_trickle, args=(readers, writers, stop))
    trickle.start()
    try:
        _await_answers(readers)
        yield
    finally:
        stop.set()
        trickle.join()
        for connection in (*silent, *readers, *writers):
            connection.close()


def _connect(port: int, start: bytes) -> socket.socket:
    connection = socket.socket()
    # A small buffer, so that the server and not the kernel keeps the rest of the file.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    connection.sendall(start)
    connection.setblocking(False)
    return connection


def _await_answers(readers: list[socket.socket]) -> None:
    """Until each download has begun: their requests take the same threads as other requests."""
    deadline = monotonic() + 30
    for connection in readers:
        assert is_readable(connection, deadline - monotonic()), "no download begins"
        beginning = connection.recv(100, socket.MSG_PEEK)
        assert beginning.startswith(b"HTTP/1.1 200"), beginning


def is_readable(connection: socket.socket, seconds: float) -> bool:
    """Whether the server has sent something, after up to ``seconds``."""
    poll = select.poll()  # select() itself accepts only small numbers of descriptors
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def _trickle(
    readers: list[socket.socket], writers: list[socket.socket], stop: threading.Event
) -> None:
    while not stop.wait(1):
        for connection in readers:
            with suppress(OSError):
                connection.recv(100)
        for connection in writers:
            with suppress(OSError):
                connection.send(b"a")
