"""The web server of ``searchsite.front``, with a small application behind it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings

_APPLICATION = "tests.searchsite.programs.front_application"
# The seconds in which a client must send a complete header.
KEEPALIVE = 2
# Seconds for an answer; the first one waits until the application is loaded.
_PATIENCE = 60


class Server:
    def __init__(self, console: Path | None = None, **environment: str) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:searchsite.gunicorn_config"]
        command += ["--keep-alive", str(KEEPALIVE), _APPLICATION]
        environment = {**os.environ, "PORT": str(self.port), **environment}
        self.console = console or Path(os.devnull)
        with self.console.open("w") as output:
            self.process = subprocess.Popen(
                command, env=environment, cwd=settings.BASE_DIR, stderr=output
            )
        deadline = monotonic() + 30
        while monotonic() < deadline:
            try:
                self.socket().close()
                return
            except OSError:
                sleep(0.1)
        raise RuntimeError("the server does not answer")

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE)

    def answer(self, request: bytes) -> bytes:
        """The first bytes of the answer."""
        with self.socket() as client:
            client.sendall(request)
            return client.recv(100_000)

    def client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
