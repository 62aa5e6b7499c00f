"""Pictures made to keep the decoders of a running site busy, from ten addresses at a time."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from threading import Event
from time import monotonic

import pytest

from tests import hostile
from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

ADDRESSES = [f"127.0.0.{number}" for number in range(11, 21)]
REQUESTS = 40
# What a person waits for a page at most while the attack goes on.
PATIENCE = 3.0


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    retry_after: int
    code: str = ""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (hostile.tiff_of_directories(80_000), "too_many_parts"),
        (hostile.png_claiming(1, 128_000_000), "too_many_pixels"),
    ],
    ids=["directories", "proportions"],
)
def test_bad_structures_are_refused_by_their_header(picture: bytes, code: str, site: Site) -> None:
    answers, slowest_page = _attack(site, picture)
    assert {(answer.status, answer.code) for answer in answers} == {(422, code)}
    assert slowest_page < PATIENCE


def test_slow_pictures_leave_the_pages_alone(site: Site) -> None:
    answers, slowest_page = _attack(site, hostile.slow_jpeg())
    refused = [answer for answer in answers if answer.status in (429, 503)]
    # A fast machine decodes some of them within their time.
    assert {answer.status for answer in answers} <= {200, 422, 429, 503}
    assert len(refused) > REQUESTS // 2
    assert all(answer.retry_after > 0 for answer in refused)
    assert slowest_page < PATIENCE


def _attack(site: Site, picture: bytes) -> tuple[list[Answer], float]:
    """The answers to the pictures, and the seconds of the slowest page meanwhile."""
    is_over = Event()
    with ThreadPoolExecutor(len(ADDRESSES) + 1) as pool:
        pages = pool.submit(_slowest_page, site, is_over)
        addresses = islice(cycle(ADDRESSES), REQUESTS)
        answers = list(pool.map(lambda address: _search(site, picture, address), addresses))
        is_over.set()
        return answers, pages.result()


def _slowest_page(site: Site, is_over: Event) -> float:
    slowest = 0.0
    while not is_over.wait(0.1):
        for address in ("/", "/login/", "/healthz/"):
            started = monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
            connection.request("GET", address)
            connection.getresponse().read()
            connection.close()
            slowest = max(slowest, monotonic() - started)
    return slowest


def _search(site: Site, picture: bytes, address: str) -> Answer:
    head = b'--x\r\nContent-Disposition: form-data; name="images"; filename="a"\r\n\r\n'
    connection = http.client.HTTPConnection(
        "127.0.0.1", site.port, timeout=60, source_address=(address, 0)
    )
    started = monotonic()
    connection.request(
        "POST",
        "/api/v1/search/",
        head + picture + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    retry_after = int(response.headers.get("Retry-After", 0))
    return Answer(response.status, monotonic() - started, retry_after, body.get("code", ""))
