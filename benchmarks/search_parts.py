"""Processor time of one search by part: SQL, driver, engine, view, and what is around the view.

    python -m searchsite.local.sandbox -- python -m benchmarks.search_parts --rows 20000

Every request runs in this process through all middlewares, without a socket. The texts are cached
and the pictures have CLIP-like vectors. ``SQL`` is the processor time of the PostgreSQL process
that serves the connection; the other columns are that of the thread that serves the request.
Processor time and medians, so that other work on the machine matters little.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, cast
from urllib.parse import quote

from benchmarks.site.search_http import TEXTS, fill  # isort: skip  # sets up Django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from knox.models import AuthToken

from benchmarks.data.clip_like import ClipLike
from benchmarks.protocol import revision, table
from gallery.models import EmbeddingSpace, User
from gallery.search import engine
from gallery.search.query import SearchQuery, Term

_LIMIT = 24
_PARTS = ("sql", "driver", "engine", "view", "around")

Search = Callable[[], object]


@dataclass
class Parts:
    """Milliseconds of processor time of one search, and its number of statements."""

    sql: float = 0.0
    driver: float = 0.0
    engine: float = 0.0
    view: float = 0.0
    around: float = 0.0
    statements: int = 0


class Clock:
    """Measures the parts of one search at a time. Parts that contain others contain their time."""

    def __init__(self) -> None:
        self.parts = Parts()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def measured(self, search: Search) -> Parts:
        """The parts of this search, without what they contain."""
        self.parts, before = Parts(), self._sql()
        with connection.execute_wrapper(self._statement), self.timed("around"):
            search()
        parts = self.parts
        parts.sql = self._sql() - before
        parts.around -= parts.view or parts.engine
        parts.view -= min(parts.view, parts.engine)
        parts.engine -= parts.driver
        return parts

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        started = time.thread_time()
        yield
        milliseconds = (time.thread_time() - started) * 1000
        setattr(self.parts, part, getattr(self.parts, part) + milliseconds)

    def timing(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            with self.timed(part):
                return function(*arguments, **options)

        return timed

    def _statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.parts.statements += 1
        with self.timed("driver"):
            return execute(*arguments)

    def _sql(self) -> float:
        """Milliseconds of the PostgreSQL process since it started."""
        return int(self._backend.read_text().split()[0]) / 1e6


class ViewClock:
    """The innermost middleware."""

    clock: Clock

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = self.clock.timing("view", get_response)

    def __call__(self, request: Any) -> Any:
        return self._get_response(request)


def sent(application: Any, headers: dict[str, str], path: str, body: str = "") -> Search:
    requests = RequestFactory(headers=headers)
    prepared = (
        requests.post(path, body, content_type="application/json") if body else requests.get(path)
    )

    def search() -> None:
        statuses: list[str] = []
        environ = {**prepared.environ, "wsgi.input": BytesIO(body.encode())}
        response = application(environ, lambda status, headers: statuses.append(status))
        b"".join(response)
        response.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{path}: {statuses}")

    return search


def searches(gallery: ClipLike, user: User) -> dict[str, list[Search]]:
    """By face. The same texts and vectors for all."""
    texts = gallery.texts(gallery.pictures(len(TEXTS), seed=5)).tolist()
    by_text = [SearchQuery(text=text, limit=_LIMIT) for text in TEXTS]
    by_vector = [SearchQuery(terms=(Term(vector=tuple(v)),), limit=_LIMIT) for v in texts]
    bodies = [json.dumps({"terms": [{"vector": vector}], "limit": _LIMIT}) for vector in texts]
    cookie, token = headers_of(user)
    api, page = (partial(sent, get_wsgi_application(), headers) for headers in (token, cookie))
    return {
        "engine, vector": [partial(engine.search, query, user) for query in by_vector],
        "engine, text": [partial(engine.search, query, user) for query in by_text],
        "API, vector": [api("/api/v1/search/", body) for body in bodies],
        "API, text": [api(f"/api/v1/search/?q={quote(text)}") for text in TEXTS],
        "page, text": [page(f"/search/?limit={_LIMIT}&q={quote(text)}") for text in TEXTS],
    }


def headers_of(user: User) -> tuple[dict[str, str], dict[str, str]]:
    """Of a request for a page, and for the API."""
    if not user.is_authenticated:
        return {}, {}
    browser = Client()
    browser.force_login(cast("Any", user))
    _, token = AuthToken.objects.create(user=user)
    session = browser.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}"}, {"Authorization": f"Token {token}"}


def line(name: Sequence[str], samples: list[Parts]) -> list[str]:
    medians = [median(getattr(parts, part) for parts in samples) for part in _PARTS]
    statements = median(parts.statements for parts in samples)
    return [*name, *(f"{ms:.1f}" for ms in (*medians, sum(medians[1:]))), f"{statements:.0f}"]


def measured(gallery: ClipLike, rounds: int) -> Iterator[list[str]]:
    """One line for each face and person. They take turns, so that all meet the same load."""
    ViewClock.clock = clock = Clock()
    engine.search = clock.timing("engine", engine.search)
    member = get_user_model().objects.get_or_create(username="benchmark")[0]
    faces = {
        (face, person): requests
        for person, user in (("anonymous", AnonymousUser()), ("logged in", member))
        for face, requests in searches(gallery, user).items()
    }
    samples: dict[tuple[str, str], list[Parts]] = defaultdict(list)
    for number in range(-1, rounds):
        for name, requests in faces.items():
            parts = [clock.measured(search) for search in requests]
            samples[name] += parts if number >= 0 else []
    return (line(name, parts) for name, parts in samples.items())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000, help="0: the gallery as it is")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    gallery = ClipLike()
    if options.rows:
        fill(gallery.pictures(options.rows))
    unlimited = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"anonymous_search": "9999999/m"},
    }
    middleware = [*settings.MIDDLEWARE, f"{__name__}.ViewClock"]
    with override_settings(
        MIDDLEWARE=middleware, REST_FRAMEWORK=unlimited, ALLOWED_HOSTS=["testserver"]
    ):
        lines = list(measured(gallery, options.rounds))
    print(f"{EmbeddingSpace.objects.get(active=True).index.rows:,} pictures, {revision()}\n")
    print(table(["search", "person", *_PARTS, "Python", "statements"], lines))


if __name__ == "__main__":
    main()
