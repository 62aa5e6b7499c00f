"""Pictures of one user that keep the decoders of a running site busy, beside those of another."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests import hostile, scenes
from tests.local.services import eventually
from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

SECONDS = 5
GOOD, POISON = 8, 6


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    limits = {"GALLERY_DECODE_SECONDS": str(SECONDS), "GALLERY_MAX_ATTEMPTS": "2"}
    with running_site(**limits) as site:
        yield site


@pytest.fixture(scope="module")
def good(site: Site) -> str:
    return site.manage("apitoken", "admin").strip()


@pytest.fixture(scope="module")
def other(site: Site) -> str:
    create = "from django.contrib.auth.models import User; User.objects.create_user('other')"
    site.manage("shell", "-c", create)
    return site.manage("apitoken", "other").strip()


def test_good_pictures_do_not_wait_for_poison(site: Site, good: str, other: str) -> None:
    seconds_until_ready(site, good, first_seed=2 * GOOD)  # loads the encoder
    alone = seconds_until_ready(site, good, first_seed=0)
    poison = [upload(site, other, hostile.slow_tiff(seed)) for seed in range(POISON)]
    behind = seconds_until_ready(site, good, first_seed=GOOD)
    assert behind < 3 * alone
    assert {picture(site, other, key)["status"] for key in poison} == {"stored"}
    for key in poison:
        request(site, other, f"/api/v1/images/{key}/", method="DELETE")


def test_uploading_poison_again_has_one_attempt(site: Site, good: str, other: str) -> None:
    poison = hostile.slow_tiff(POISON)
    first = upload(site, other, poison)
    assert eventually(lambda: is_quarantined(site, other, first), 120)
    assert attempts(site, first) == ["attempt 1", "attempt 2"]
    again = upload(site, good, poison)
    upload(site, other, poison)
    assert eventually(lambda: is_quarantined(site, good, again), 120)
    assert attempts(site, again) == ["attempt 2"]
    assert eventually(lambda: is_quarantined(site, other, first), 120)
    assert attempts(site, first) == ["attempt 1", "attempt 2", "attempt 2"]


def seconds_until_ready(site: Site, token: str, *, first_seed: int) -> float:
    began = time.monotonic()
    seeds = range(first_seed, first_seed + GOOD)
    pictures = [scenes.photo("JPEG", size=(1200 + seed, 900)) for seed in seeds]
    keys = [upload(site, token, data) for data in pictures]
    assert eventually(
        lambda: all(picture(site, token, key)["status"] == "ready" for key in keys), 240
    )
    return time.monotonic() - began


def is_quarantined(site: Site, token: str, key: str) -> bool:
    return bool(picture(site, token, key)["status"] == "quarantined")


def attempts(site: Site, key: str) -> list[str]:
    """Those that the log of the decoders has."""
    log = (site.var / "log" / "derive.log").read_text()
    lines = [line for line in log.splitlines() if f"image {key}, attempt" in line]
    return [line.partition(", ")[2].partition(":")[0] for line in lines]


def picture(site: Site, token: str, key: str) -> Any:
    return request(site, token, f"/api/v1/images/{key}/")


def upload(site: Site, token: str, data: bytes) -> str:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = head + data + b"\r\n--x--\r\n"
    return str(request(site, token, "/api/v1/images/", body, method="POST")["id"])


def request(
    site: Site, token: str, path: str, body: bytes | None = None, *, method: str = "GET"
) -> Any:
    headers = {"Authorization": f"Token {token}"}
    if body is not None:
        headers["Content-Type"] = "multipart/form-data; boundary=x"
    message = urllib.request.Request(site.url + path, body, headers, method=method)
    with urllib.request.urlopen(message, timeout=60) as response:
        return json.loads(response.read() or b"null")
