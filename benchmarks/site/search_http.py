"""Searches of a running site over HTTP: JSON API and page, for 1, 4 and 8 clients.

    python -m searchsite.local.sandbox -- python -m benchmarks.site.search_http --rows 100000 \\
        --clip-retrieval PYTHON

The site is gunicorn with its shipped settings. Clients and server share the machine's cores. The
pictures have CLIP-like vectors and no files. "cached" texts were searched before; "new" texts were
not, so the built-in model encodes them. clip-retrieval encodes texts with the same model and has no
cache; its page requests 3,000 ids, 40 of them with metadata, without near-duplicates.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import numpy as np

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.data.clip_like import ClipLike
from benchmarks.protocol import machine_limits, percentiles, revision, table
from benchmarks.rivals.measured import Vectors
from gallery.changeover.choose import choose
from gallery.models import EmbeddingSpace, Image
from gallery.operations import index_keeper

TEXTS = (
    "a dog on a beach", "two cats", "a red car", "mountains in the snow", "a birthday cake",
    "海边的狗", "夜晚的城市", "a bridge over a river", "a child with a balloon", "an old book",
)  # fmt: skip
_SECONDS = 15
# Name, address, and numbers that make each text a new one.
_SEARCHES = (
    ("page, cached text", "/search/?q=", None),
    ("API, cached text", "/api/v1/search/?limit=24&q=", None),
    ("API, cached text, by meaning", "/api/v1/search/?limit=24&mode=meaning&q=", None),
    ("API, new text, by meaning", "/api/v1/search/?limit=24&mode=meaning&q=", count()),
)
_MODEL = Path(__file__).parents[2] / "gallery" / "encoders" / "builtin"


Request = Callable[[http.client.HTTPConnection, int], int]


@contextmanager
def server(command: list[str], port: int, path: str, **settings: str) -> Iterator[None]:
    """A server process that answers ``path``, with any status."""
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                get(http.client.HTTPConnection("127.0.0.1", port), path, "")
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise RuntimeError(f"{command} does not answer")
        yield
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def get(connection: http.client.HTTPConnection, path: str, session: str) -> int:
    connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    response = connection.getresponse()
    response.read()
    return response.status


def post(connection: http.client.HTTPConnection, path: str, body: str) -> int:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


def log_in() -> str:
    """The session key of a new user, because searches of strangers are limited."""
    user = get_user_model().objects.create_user(username="benchmark")
    browser = Client()
    browser.force_login(user)
    return str(browser.cookies["sessionid"].value)


def client(port: int, send: Request, stop: float, durations: list[float]) -> None:
    """Search without a pause until ``stop``; a status other than 200 ends the thread."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in count():
        started = time.perf_counter()
        if started >= stop:
            return
        if (status := send(connection, number)) != 200:
            print(f"status {status}", file=sys.stderr)
            return
        durations.append((time.perf_counter() - started) * 1000)


def searches(name: str, port: int, send: Request) -> Iterator[list[str]]:
    """One line for each number of clients, after a round that warms up."""
    for number, clients in enumerate((1, 1, 4, 8)):
        durations: list[float] = []
        stop = time.perf_counter() + _SECONDS
        threads = [
            threading.Thread(target=client, args=(port, send, stop, durations))
            for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        p50, p99 = percentiles(durations)
        rate = len(durations) / _SECONDS
        if number > 0:
            yield [name, f"{clients}", f"{p50:.1f}", f"{p99:.1f}", f"{rate:.0f}"]


@contextmanager
def our_server(port: int) -> Iterator[None]:
    """One web process with the shipped settings."""
    command = [sys.executable, "-m", "gunicorn", "-c", "searchsite/gunicorn_config.py"]
    # With torch no export runs in the background.
    settings = {
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "GALLERY_ENCODER_BACKEND": "torch",
        "SEARCHSITE_DB_POOL": "8",
    }
    with server([*command, "searchsite.wsgi"], port, "/search/", PORT=str(port), **settings):
        yield


def our_site() -> Iterator[list[str]]:
    """Searches of a person who is logged in, because searches of strangers are limited."""
    session, port = log_in(), free_port()
    with our_server(port):
        for name, path, numbers in _SEARCHES:

            def send(
                connection: http.client.HTTPConnection,
                number: int,
                path: str = path,
                numbers: Iterator[int] | None = numbers,
            ) -> int:
                text = TEXTS[number % len(TEXTS)]
                text = text if numbers is None else f"{text} {next(numbers)}"
                return get(connection, path + quote(text), session)

            yield from searches(name, port, send)


def clip_retrieval(python: str, vectors: Vectors, texts: Vectors) -> Iterator[list[str]]:
    """The back end of clip-retrieval with the same vectors and the same model."""
    few = {"modality": "image", "num_images": 24, "indice_name": "gallery"}
    page = {**few, "num_images": 40, "num_result_ids": 3000, "deduplicate": True}
    queries = {
        "vector": [{**few, "embedding_input": text.tolist()} for text in texts],
        "text": [{**few, "text": text} for text in TEXTS],
        "text, as its page": [{**page, "text": text} for text in TEXTS],
    }
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/vectors.npy", vectors)
        command = [python, "-m", "benchmarks.rivals.clip_back", folder, str(port), str(_MODEL)]
        with server(command, port, "/"):
            for name, bodies in queries.items():
                messages = [json.dumps(body) for body in bodies]

                def send(
                    connection: http.client.HTTPConnection,
                    number: int,
                    messages: list[str] = messages,
                ) -> int:
                    return post(connection, "/knn-service", messages[number % len(messages)])

                yield from searches(f"clip-retrieval, {name}", port, send)


def fill(vectors: Vectors) -> EmbeddingSpace:
    call_command("migrate", verbosity=0)
    space = load(vectors, choose("builtin"))
    # Tiles and answers then have previews.
    Image.objects.update(width=1600, height=1200, colour="#8899aa")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL ANALYZE gallery_image")
    index_keeper.rebuild(space)
    return space


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--clip-retrieval", help="the interpreter of an environment with it")
    options = parser.parse_args()
    gallery = ClipLike()
    vectors = gallery.pictures(options.rows)
    fill(vectors)
    lines = list(our_site())
    if options.clip_retrieval:
        texts = gallery.texts(vectors[:200])
        lines += clip_retrieval(options.clip_retrieval, vectors, texts)
    print(f"{options.rows:,} pictures, {revision()}; {machine_limits()}\n")
    print(table(["face", "clients", "p50 ms", "p99 ms", "searches a second"], lines))


if __name__ == "__main__":
    main()
