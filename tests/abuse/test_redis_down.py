"""A real site whose two Redis servers are frozen: it answers, counts and finishes uploads."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import scenes
from tests.abuse.site_requests import ask, send_picture
from tests.local.services import eventually
from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="module")
def token(site: Site) -> dict[str, str]:
    return {"Authorization": f"Token {site.manage('apitoken', 'admin').strip()}"}


@pytest.fixture(scope="module")
def frozen(site: Site, token: dict[str, str]) -> Iterator[Site]:
    # The first picture loads the encoder of pictures, which has nothing to do with Redis.
    assert send_picture(site, "/api/v1/search/", "images", scenes.plain()).status == 200
    servers = site.children("redis-server")
    assert len(servers) == 2
    for pid in servers:
        os.kill(pid, signal.SIGSTOP)
    yield site
    for pid in servers:
        os.kill(pid, signal.SIGCONT)


def test_an_uploaded_picture_searches(frozen: Site) -> None:
    answer = send_picture(frozen, "/api/v1/search/", "images", scenes.plain())
    assert answer.status == 200, answer.body
    assert answer.json["image_keys"] == []
    assert answer.seconds < 10


@pytest.mark.parametrize(
    "path",
    [
        "/search/pictures/0001key.webp",
        "/search/?picture=0001key",
        "/search/filters/?picture=0001key",
    ],
)
def test_an_older_picture_is_unavailable(frozen: Site, path: str) -> None:
    assert ask(frozen, path).status == 503


def test_searches_do_not_wait_twice(frozen: Site) -> None:
    ask(frozen, "/search/?q=boat")
    assert ask(frozen, "/search/?q=boat").seconds < 2


def test_guesses_stay_limited(frozen: Site) -> None:
    guess = json.dumps({"username": "admin", "password": "wrong"}).encode()

    def status(number: int) -> int:
        path = "/api/v1/auth/token/"
        return ask(frozen, path, {"Content-Type": "application/json"}, guess).status

    statuses: set[int] = set()
    with ThreadPoolExecutor(8) as guessers:
        for _ in range(6):  # 20 are allowed in a minute, and a new minute may begin meanwhile
            if 429 not in statuses:
                statuses |= set(guessers.map(status, range(8)))
    assert 429 in statuses
    assert 500 not in statuses


def test_uploads_are_finished(frozen: Site, token: dict[str, str]) -> None:
    colours = [(number * 40, 80, 200) for number in range(5)]
    answers = [
        send_picture(frozen, "/api/v1/images/", "file", scenes.plain(colour), token)
        for colour in colours
    ]
    assert {answer.status for answer in answers} == {201}, answers
    assert max(answer.seconds for answer in answers) < 10
    addresses = [f"/api/v1/images/{answer.json['id']}/" for answer in answers]

    def are_ready() -> bool:
        return {ask(frozen, path, token).json["status"] for path in addresses} == {"ready"}

    assert eventually(are_ready, 60)
