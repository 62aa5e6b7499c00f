"""A real site whose queue is full, or killed: uploads are finished, and the operator reads why."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from redis.exceptions import RedisError

from searchsite.local import addresses, directories, sandbox
from tests import scenes
from tests.abuse.site_requests import ask, send_picture
from tests.local.services import Services, eventually
from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    var = Path(tempfile.mkdtemp(prefix="searchsite-")).resolve()
    directories.make_var(var)
    services = Services(var)
    services.start_redis()
    yield services
    services.stop()
    sandbox.remove(var)


@pytest.fixture(scope="module")
def site(services: Services) -> Iterator[Site]:
    with running_site(REDIS_URL=addresses.redis_url(services.var)) as site:
        yield site


@pytest.fixture(scope="module")
def token(site: Site) -> dict[str, str]:
    return {"Authorization": f"Token {site.manage('apitoken', 'admin').strip()}"}


@pytest.fixture
def full(site: Site, services: Services) -> Iterator[None]:
    assert eventually(site.is_healthy, 120)
    services.redis().config_set("maxmemory", 1)
    yield
    services.redis().config_set("maxmemory", 0)


@pytest.fixture
def killed(site: Site, services: Services) -> Iterator[None]:
    """The supervisor of these services starts a server again only while it watches."""
    assert eventually(site.is_healthy, 120)
    services.kill("redis")
    yield
    services.supervisor.watch(lambda: accepts_connections(services), 30)


def accepts_connections(services: Services) -> bool:
    try:
        return bool(services.redis().ping())
    except RedisError:
        return False


def upload(site: Site, token: dict[str, str], pictures: list[bytes]) -> list[str]:
    """The addresses of the images."""
    answers = [
        send_picture(site, "/api/v1/images/", "file", picture, token) for picture in pictures
    ]
    assert {answer.status for answer in answers} == {201}, answers
    assert max(answer.seconds for answer in answers) < 10
    return [f"/api/v1/images/{answer.json['id']}/" for answer in answers]


def expect_ready(site: Site, token: dict[str, str], paths: list[str]) -> None:
    assert eventually(
        lambda: {ask(site, path, token).json["status"] for path in paths} == {"ready"}, 120
    ), site.output()


def upload_until_ready(site: Site, token: dict[str, str], blue: int) -> None:
    pictures = [scenes.plain((number * 40, 80, blue)) for number in range(5)]
    expect_ready(site, token, upload(site, token, pictures))


def reasons(site: Site) -> dict[str, str]:
    return dict(ask(site, "/healthz/").json.get("reasons", {}))


def test_uploads_are_finished_while_full(site: Site, token: dict[str, str], full: None) -> None:
    upload_until_ready(site, token, blue=100)


def test_workers_that_start_while_full_work(site: Site, token: dict[str, str], full: None) -> None:
    for queue in ("derive", "embed"):
        (worker,) = site.children(f"-Q {queue}")
        os.kill(worker, signal.SIGKILL)
    upload_until_ready(site, token, blue=50)


def test_uploads_are_finished_while_killed(site: Site, token: dict[str, str], killed: None) -> None:
    upload_until_ready(site, token, blue=200)


def test_uploads_are_finished_when_killed_at_work(
    site: Site, services: Services, token: dict[str, str]
) -> None:
    assert eventually(site.is_healthy, 120)
    pictures = [scenes.plain((number * 20, 80, 150), size=(4000, 3000)) for number in range(12)]
    paths = upload(site, token, pictures)
    services.kill("redis")
    expect_ready(site, token, paths)
    services.supervisor.watch(lambda: accepts_connections(services), 30)


def test_health_names_the_full_queue(site: Site, full: None) -> None:
    assert eventually(lambda: "takes no writes" in reasons(site).get("broker", ""), 5)
    sleep(15)  # a worker is silent after 12 seconds
    assert set(reasons(site)) == {"broker", "workers"}


def test_a_full_queue_fills_no_log(site: Site, full: None) -> None:
    before = len(site.output())
    sleep(35)  # the scheduler sends each 15 seconds
    parts = [line.partition(" | ") for line in site.output()[before:].splitlines()]
    lines = [text for process, _, text in parts if process.strip() in {"beat", "embed"}]
    assert 2 <= len(lines) < 20, lines
    assert not [line for line in lines if "Traceback" in line]
