"""Searches of a running site over HTTP: JSON API and page, for 1, 4 and 8 clients.

    python -m searchsite.local.sandbox -- python -m benchmarks.search_http --rows 100000

The site is gunicorn with its shipped settings. Clients and server share the machine's cores. The
texts were searched before, so that their vectors are cached; the pictures have CLIP-like vectors
and no files.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from benchmarks.clip_like import ClipLike
from benchmarks.protocol import machine_limits, percentiles, revision, table
from gallery.changeover.choose import choose
from gallery.models import EmbeddingSpace
from gallery.operations import index_keeper

_TEXTS = (
    "a dog on a beach", "two cats", "a red car", "mountains in the snow", "a birthday cake",
    "海边的狗", "夜晚的城市", "a bridge over a river", "a child with a balloon", "an old book",
)  # fmt: skip
_SECONDS = 15


@contextmanager
def site() -> Iterator[int]:
    """The port of a gunicorn that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "-c", "searchsite/gunicorn_config.py"]
    # With torch no export runs in the background; all texts are cached.
    settings = {"DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "GALLERY_ENCODER_BACKEND": "torch"}
    environment = {**os.environ, **settings, "PORT": str(port)}
    server = subprocess.Popen([*command, "searchsite.wsgi"], env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(120):
        try:
            if get(http.client.HTTPConnection("127.0.0.1", port), "/search/", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the site does not answer")


def get(connection: http.client.HTTPConnection, path: str, session: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    response = connection.getresponse()
    return response.status, response.read()


def log_in() -> str:
    """The session key of a new user, because searches of strangers are limited."""
    user = get_user_model().objects.create_user(username="benchmark")
    browser = Client()
    browser.force_login(user)
    return str(browser.cookies["sessionid"].value)


def client(port: int, path: str, session: str, stop: float, durations: list[float]) -> None:
    """Search without a pause until ``stop``; a status other than 200 ends the thread."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    number = 0
    while time.perf_counter() < stop:
        started = time.perf_counter()
        status, _ = get(connection, path + quote(_TEXTS[number % len(_TEXTS)]), session)
        if status != 200:
            print(f"status {status} for {path}", file=sys.stderr)
            return
        durations.append((time.perf_counter() - started) * 1000)
        number += 1


def searches(port: int, path: str, session: str, clients: int) -> list[str]:
    durations: list[float] = []
    stop = time.perf_counter() + _SECONDS
    threads = [
        threading.Thread(target=client, args=(port, path, session, stop, durations))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p50, p99 = percentiles(durations)
    return [f"{clients}", f"{p50:.1f}", f"{p99:.1f}", f"{len(durations) / _SECONDS:.0f}"]


def fill(rows: int) -> EmbeddingSpace:
    call_command("migrate", verbosity=0)
    space = load(ClipLike().pictures(rows), choose("builtin"))
    index_keeper.rebuild(space)
    return space


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    fill(rows)
    lines, session = [], log_in()
    with site() as port:
        for name, path in (("API", "/api/v1/search/?limit=24&q="), ("page", "/search/?q=")):
            searches(port, path, session, 1)  # warms up
            lines += [[name, *searches(port, path, session, clients)] for clients in (1, 4, 8)]
    print(f"{rows:,} pictures, {revision()}; {machine_limits()}\n")
    print(table(["face", "clients", "p50 ms", "p99 ms", "searches a second"], lines))


if __name__ == "__main__":
    main()
