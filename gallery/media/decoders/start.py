"""Starts decoders by the idle servers of this process, or by new ones.

A decoder is forked from a Python that has imported everything, because to start Python and import
takes longer than to decode a usual picture (decision 0041).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from gallery.media.decoders.server import ForkServer, ServerDied

# Each idle server takes some 30 MB.
_MOST_IDLE = 2
_IDLE_SECONDS = 60.0

_idle: dict[ForkServer, threading.Timer] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Decoder:
    """A process whose standard input and output are the connection that it was started with."""

    pid: int
    _server: ForkServer

    def exit_status(self) -> int:
        """As ``Popen.returncode``. Waits for the end of the process. Raises ``ServerDied``."""
        return self._server.number()

    def text(self) -> str:
        """What it wrote to standard error, at most 64 kB."""
        return self._server.text()


@contextlib.contextmanager
def started(program: str, connection: socket.socket) -> Iterator[Decoder]:
    """A decoder of its own. After an error in the block it is killed, with all that it started.

    Raises ``ServerDied`` if not even a new server can start one.
    """
    server, pid = _start(program, connection)
    try:
        yield Decoder(pid, server)
    except BaseException:
        # The next picture gets another server, and with it another layout of memory.
        server.kill()
        raise
    _keep(server)


def _start(program: str, connection: socket.socket) -> tuple[ForkServer, int]:
    while server := _take(program):
        with contextlib.suppress(ServerDied):
            return server, server.fork(connection)
        server.kill()
    server = ForkServer(program)
    try:
        return server, server.fork(connection)
    except BaseException:
        server.kill()
        raise


def _take(program: str) -> ForkServer | None:
    with _lock:
        server = next((server for server in _idle if server.program == program), None)
        if server:
            _idle.pop(server).cancel()
        return server


def _keep(server: ForkServer) -> None:
    """For the next picture, if it comes soon."""
    end = threading.Timer(_IDLE_SECONDS, _end, [server])
    end.daemon = True
    with _lock:
        is_kept = len(_idle) < _MOST_IDLE
        if is_kept:
            _idle[server] = end
            end.start()
    if not is_kept:
        server.kill()


def _end(server: ForkServer) -> None:
    with _lock:
        was_idle = _idle.pop(server, None)
    if was_idle:
        server.kill()


def _end_all() -> None:
    for server in list(_idle):
        _end(server)


def _forget_all() -> None:
    """In a forked process: the servers serve the one that started them."""
    global _lock
    _lock = threading.Lock()
    for server in _idle:
        server.forget()
    _idle.clear()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_end_all)
