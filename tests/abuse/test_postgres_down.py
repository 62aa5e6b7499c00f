"""PostgreSQL is killed, kept down, started again and frozen under a running site."""

import http.client
import os
import signal
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

import psycopg
import pytest

from searchsite.local import addresses, directories, sandbox
from tests.local.services import Services, eventually, is_running
from tests.local.site import Site, new_site

pytestmark = pytest.mark.slow

SEARCH = "/search/?q=boat"
PICTURE = f"/pictures/{uuid.uuid4()}/"
ADDRESSES = ["/", SEARCH, PICTURE, "/api/v1/images/", "/api/v1/status/"]
HEALTH = ["/livez/", "/readyz/", "/healthz/"]


@dataclass
class Answer:
    status: int
    seconds: float
    headers: http.client.HTTPMessage
    body: str


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    var = Path(tempfile.mkdtemp(prefix="searchsite-")).resolve()
    directories.make_var(var)
    services = Services(var)
    services.start_postgres()
    yield services
    services.stop()
    sandbox.remove(var)


@pytest.fixture(scope="module")
def site(services: Services) -> Iterator[Site]:
    url = addresses.database_url(services.var)
    with new_site(DATABASE_URL=url, SEARCHSITE_STATEMENT_TIMEOUT="2") as site:
        yield site


@pytest.fixture(autouse=True)
def running(site: Site, services: Services) -> Iterator[None]:
    assert eventually(lambda: get(site, "/").status == 200)
    yield
    start(services)


def get(site: Site, path: str, **headers: str) -> Answer:
    began = monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        response = connection.getresponse()
        body = response.read().decode()
    return Answer(response.status, monotonic() - began, response.headers, body)


def stop(services: Services) -> None:
    """Its children notice the end of the main process by themselves."""
    children = backends(services)
    services.kill("postgres")
    assert eventually(lambda: not any(is_running(pid) for pid in children))


def start(services: Services) -> None:
    services.supervisor.watch(lambda: accepts_connections(services), 20)


def accepts_connections(services: Services) -> bool:
    try:
        return bool(services.sql("SELECT 1"))
    except psycopg.OperationalError:  # it does not run yet, or recovers
        return False


def test_every_address_answers_503_within_a_second(site: Site, services: Services) -> None:
    stop(services)
    for path in ADDRESSES:
        answer = get(site, path)
        assert (path, answer.status) == (path, 503)
        assert answer.seconds < 1
        assert int(answer.headers["Retry-After"]) > 0
        assert "database_unavailable" in answer.body


def test_the_page_has_words_in_both_languages(site: Site, services: Services) -> None:
    stop(services)
    assert "cannot reach its database" in get(site, SEARCH).body
    assert "无法连接数据库" in get(site, SEARCH, **{"Accept-Language": "zh-hans"}).body


def test_the_site_recovers_within_three_seconds(site: Site, services: Services) -> None:
    stop(services)
    assert not eventually(lambda: get(site, "/").status == 200, 4)  # requests meanwhile
    start(services)
    assert eventually(lambda: get(site, "/").status == 200, 3)
    assert {get(site, SEARCH).status for _ in range(20)} == {200}


def test_a_frozen_server_does_not_hold_requests(site: Site, services: Services) -> None:
    processes = [services.pid("postgres"), *backends(services)]
    try:
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        assert get(site, SEARCH).seconds < 4
        answer = get(site, SEARCH)
        assert (answer.status, answer.seconds < 1) == (503, True)
        assert max(get(site, path).seconds for path in HEALTH for _ in range(20)) < 0.2
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
    assert eventually(lambda: get(site, "/").status == 200, 3)


def test_ended_sessions_are_replaced_unnoticed(site: Site, services: Services) -> None:
    services.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    assert eventually(lambda: get(site, "/").status == 200, 1)


def test_a_statement_that_waits_too_long_gives_504(site: Site, services: Services) -> None:
    with psycopg.connect(addresses.database_url(services.var)) as other:
        other.execute("LOCK TABLE gallery_image IN ACCESS EXCLUSIVE MODE")
        answer = get(site, PICTURE)
        assert (answer.status, "database_timeout" in answer.body) == (504, True)
        assert 2 <= answer.seconds < 4
        assert get(site, "/readyz/").status == 200
    assert get(site, PICTURE).status == 404


def backends(services: Services) -> list[int]:
    rows = services.sql("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    return [pid for (pid,) in rows]


def test_health_answers_while_the_server_is_down(site: Site, services: Services) -> None:
    stop(services)
    assert eventually(lambda: get(site, "/readyz/").status == 503, 5)
    for path in HEALTH:
        get(site, path)  # the first request of a process imports what it needs
    answers = [get(site, path) for path in HEALTH for _ in range(20)]
    assert median(answer.seconds for answer in answers) < 0.2
    # A busy machine delays single answers.
    assert max(answer.seconds for answer in answers) < 2
    assert get(site, "/livez/").status == 200
    assert "database" in get(site, "/healthz/").body
