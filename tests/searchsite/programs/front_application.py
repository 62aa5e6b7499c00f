"""A small WSGI application, to run behind the worker of ``searchsite.front``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

django.setup()

Start = Callable[..., Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    query = environ["QUERY_STRING"]
    if query.startswith("file="):
        path = Path(query.removeprefix("file="))
        start_response("200 OK", [("Content-Length", str(path.stat().st_size))])
        result: Iterable[bytes] = environ["wsgi.file_wrapper"](path.open("rb"))
        return result
    if query.startswith("seconds="):
        time.sleep(float(query.removeprefix("seconds=")))
    answer = {key: value for key, value in environ.items() if isinstance(value, str)}
    answer["body"] = environ["wsgi.input"].read().decode()
    content = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]
