"""A small WSGI application, to run behind the worker of ``searchsite.front``."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

from searchsite.front import response, worker

django.setup()
if seconds := os.environ.get("READER_SECONDS"):
    response.PIECE_SECONDS = worker.CLOSE_SECONDS = float(seconds)

Start = Callable[..., Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    query = environ["QUERY_STRING"]
    if query.startswith("late="):
        time.sleep(5)
        query = query.replace("late=", "file=")
    if query.startswith("file="):
        path = Path(query.removeprefix("file="))
        start_response("200 OK", [("Content-Length", str(path.stat().st_size))])
        result: Iterable[bytes] = environ["wsgi.file_wrapper"](path.open("rb"))
        return result
    if query.startswith("events="):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return _events(Path(query.removeprefix("events=")))
    if query.startswith("seconds="):
        time.sleep(float(query.removeprefix("seconds=")))
    answer = {key: value for key, value in environ.items() if isinstance(value, str)}
    answer["body"] = environ["wsgi.input"].read().decode()
    content = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


def _events(noted: Path) -> Iterable[bytes]:
    """An event every 0.2 s for two seconds; writes to ``noted`` how many were made."""
    number = 0
    try:
        for number in range(1, 11):
            yield b"data: %d\n\n" % number
            time.sleep(0.2)
    finally:
        noted.write_text(str(number))
