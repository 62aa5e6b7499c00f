"""The real site of bin/run, from the first start to a start after a kill."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from time import monotonic

import httpx2
import pytest

from tests.local.services import eventually, is_running
from tests.local.site import ROOT, Site, new_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with new_site() as site:
        yield site


def test_the_site_answers_and_is_healthy(site: Site) -> None:
    assert f"http://127.0.0.1:{site.port}/" in site.output()
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/") as page:
        assert page.status == 200
    assert eventually(site.is_healthy, 20)


def test_refused_requests_are_only_in_the_log(site: Site) -> None:
    with httpx2.Client(base_url=site.url) as client:
        assert client.get("/no-such-page/").status_code == 404
        assert client.get("/api/v1/images/?nosuch=1").status_code == 400
    log = site.var / "log" / "web.log"
    assert eventually(lambda: log.exists() and "WARNING django.request" in log.read_text(), 10)
    site.manage("check")
    assert "django.request" not in site.output()


def test_pages_and_styles_are_compressed(site: Site) -> None:
    """Through the web server, which sends files itself."""
    with httpx2.Client(base_url=site.url, headers={"Accept-Encoding": "gzip"}) as client:
        page = client.get("/")
        assert page.headers["Content-Encoding"] == "gzip"
        addresses = re.findall(r'"(/static/[^"]+\.(?:css|js))"', page.text)
        assert addresses
        for address in addresses:
            file = client.get(address)
            assert (file.status_code, file.headers["Content-Encoding"]) == (200, "gzip")
            assert "immutable" in file.headers["Cache-Control"]
            head = client.head(address)
            assert head.headers["Content-Length"] == file.headers["Content-Length"]
            assert head.content == b""


def test_the_banner_names_encoder_login_and_data(site: Site) -> None:
    password = (site.var / "admin-password").read_text().strip()
    assert re.search(r"Encoder +\S", site.output())
    assert f"admin / {password}" in site.output()
    assert f"Data                  {site.var}" in site.output()


def test_the_scheduler_reads_no_file_of_other_versions(site: Site) -> None:
    assert not list(site.var.glob("beat-schedule*"))


def test_a_killed_worker_restarts_within_two_seconds(site: Site) -> None:
    (worker,) = site.children("-Q embed")
    os.kill(worker, 9)
    assert eventually(lambda: site.children("-Q embed") not in ([], [worker]), 2)


def test_manage_prints_only_the_token(site: Site) -> None:
    assert re.fullmatch(r"[0-9a-f]{32,}\n", site.manage("apitoken", "admin"))


def test_a_second_run_is_refused(site: Site) -> None:
    command = [sys.executable, "manage.py", "runlocal"]
    result = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
    assert result.returncode == 1
    assert f"already running on {site.var}" in result.stderr


def test_a_restart_is_fast_with_the_same_login(site: Site) -> None:
    password = (site.var / "admin-password").read_text().strip()
    children = site.children("")
    assert len(children) >= 6
    assert site.stop() == 0
    assert not any(is_running(pid) for pid in children)
    began = monotonic()
    site.start()
    assert monotonic() - began < 60  # the first start takes minutes
    assert f"admin / {password}" in site.output()


def test_the_site_starts_after_a_kill(site: Site) -> None:
    children = site.children("")
    site.process.kill()
    site.process.wait()
    assert eventually(lambda: not any(is_running(pid) for pid in children), 20)
    site.start()
    assert site.is_healthy()
