"""Workers and the scheduler are frozen or killed under a running site; searches go on."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.local.services import eventually
from tests.local.site import Site, children_of, running_site

pytestmark = pytest.mark.slow
CHILDREN = 4
SECONDS_BETWEEN_REPORTS = 3
# An idle machine needs less than 200 ms for 99 of 100. Redis itself is waited for up to 2 s.
LONGEST_ANSWER = 0.8


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A process is known once it has reported, a moment after the site is healthy."""
    with running_site() as site:
        (worker,) = site.children("-Q derive")
        assert eventually(lambda: len(children_of(worker)) == CHILDREN, 60)
        time.sleep(2 * SECONDS_BETWEEN_REPORTS)
        yield site


def status(site: Site, path: str) -> tuple[int, dict[str, str]]:
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": "localhost"})
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("reasons", {})


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("process", "component", "silent"),
    [
        ("celery -A searchsite --quiet beat", "beat", "1 of 1"),
        ("-Q embed", "worker embed", "1 of 1"),
        ("-Q derive", "worker derive", f"1 of {CHILDREN + 1}"),
    ],
)
def test_a_frozen_process_is_named(site: Site, process: str, component: str, silent: str) -> None:
    (pid,) = site.children(process)
    with frozen(pid):
        assert eventually(lambda: component in status(site, "/healthz/")[1], 20)
        assert status(site, "/healthz/")[1][component].startswith(silent)
        assert status(site, "/readyz/") == (200, {})
    assert eventually(site.is_healthy, 10)


def test_one_frozen_child_of_a_worker_is_named(site: Site) -> None:
    (worker,) = site.children("-Q derive")
    with frozen(children_of(worker)[-1]):
        assert eventually(lambda: "worker derive" in status(site, "/healthz/")[1], 20)
        assert status(site, "/readyz/") == (200, {})
    assert eventually(site.is_healthy, 10)


@pytest.mark.parametrize(
    ("processes", "component"),
    [(["redis-server"], "broker"), (["-Q derive", "-Q embed"], "worker embed")],
)
def test_health_answers_at_once(site: Site, processes: list[str], component: str) -> None:
    with ExitStack() as stopped:
        for pid in [pid for text in processes for pid in site.children(text)]:
            stopped.enter_context(frozen(pid))
        assert eventually(lambda: component in status(site, "/healthz/")[1], 20)
        seconds = []
        for _ in range(100):
            began = time.monotonic()
            assert status(site, "/healthz/")[0] == 503
            seconds.append(time.monotonic() - began)
    print("\np50 and p99 in ms:", *(round(1000 * sorted(seconds)[at], 1) for at in (49, 98)))
    assert sorted(seconds)[98] < LONGEST_ANSWER
    assert eventually(site.is_healthy, 20)
