"""Which connections the web server closes: those that do not read, and those above the limit."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from time import sleep

import pytest

from tests.local.services import eventually
from tests.local.site import children_of
from tests.searchsite.front_server import Server

LIMIT = 8
REQUEST = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """It closes connections that do not read for a second, and has places for eight."""
    with closing(Server(READER_SECONDS="1", SEARCHSITE_WEB_CONNECTIONS=str(LIMIT))) as server:
        server.answer(REQUEST % b"")  # the worker is loaded
        yield server


def open_files(server: Server) -> list[str]:
    (worker,) = children_of(server.process.pid)
    names = []
    for path in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            names.append(str(path.readlink()))
    return names


def sockets(server: Server) -> int:
    return sum(name.startswith("socket:") for name in open_files(server))


def is_closed(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    finally:
        client.settimeout(10)


def is_answered(server: Server) -> bool:
    try:
        return bool(server.answer(REQUEST % b""))
    except ConnectionResetError:
        return False


def test_a_client_that_never_reads_is_disconnected(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(30_000_000))
    before = sockets(server)
    with server.socket() as client:
        client.sendall(REQUEST % f"?file={file}".encode())
        assert eventually(lambda: str(file) in open_files(server), 5)
        assert eventually(lambda: str(file) not in open_files(server), 10)
        assert eventually(lambda: sockets(server) == before, 10)


def test_a_client_that_reads_slowly_gets_everything(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(30_000_000))
    size = 0
    with closing(server.client()) as client:
        client.request("GET", f"/?file={file}")
        response = client.getresponse()
        while piece := response.read(3_000_000):
            size += len(piece)
            sleep(0.4)
    assert size == 30_000_000


def test_a_late_end_of_reading_is_no_error(tmp_path: Path) -> None:
    file, console = tmp_path / "file", tmp_path / "console"
    file.write_bytes(bytes(1_000_000))
    with closing(Server(console, READER_SECONDS="1")) as server:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", server.port))
            client.sendall(f"GET /?file={file} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
            while client.recv(10_000):
                sleep(0.01)
        sleep(1.5)  # until the connection would be closed
    assert console.read_text() == ""


def test_the_oldest_idle_connection_gives_way(server: Server) -> None:
    with ExitStack() as connections:
        busy = connections.enter_context(server.socket())
        busy.sendall(REQUEST % b"?seconds=6")
        sleep(1)  # until it has arrived
        idle = []
        for _ in range(LIMIT - 1):
            idle.append(connections.enter_context(server.socket()))
            sleep(0.05)
        assert not is_closed(idle[0])
        newest = connections.enter_context(server.socket())
        assert eventually(lambda: is_closed(idle[0]), 5)
        assert not is_closed(idle[1])
        newest.sendall(REQUEST % b"")
        assert newest.recv(1000).startswith(b"HTTP/1.1 200")
        assert busy.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_a_request_in_progress_keeps_its_connection() -> None:
    with closing(Server(SEARCHSITE_WEB_CONNECTIONS="1")) as server:
        # Until the worker is loaded, and the connections of before are closed.
        assert eventually(lambda: is_answered(server), 60)
        sleep(1)
        with server.socket() as busy:
            busy.sendall(REQUEST % b"?seconds=5")
            sleep(2)  # until it has arrived
            with server.socket() as newest:
                assert eventually(lambda: is_closed(newest), 5)
            assert busy.recv(1000).startswith(b"HTTP/1.1 200")
