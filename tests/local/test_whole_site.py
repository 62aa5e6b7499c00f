"""The real site of bin/run, from the first start to a start after a kill."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from time import monotonic

import pytest

from tests.local.services import eventually, is_running
from tests.local.site import ROOT, Site, running_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def test_the_site_answers_and_is_healthy(site: Site) -> None:
    assert f"http://127.0.0.1:{site.port}/" in site.output()
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/") as page:
        assert page.status == 200
    assert site.is_healthy()


def test_the_banner_names_encoder_login_and_data(site: Site) -> None:
    password = (site.var / "admin-password").read_text().strip()
    assert re.search(r"Encoder +\S", site.output())
    assert f"admin / {password}" in site.output()
    assert f"Data                  {site.var}" in site.output()


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
    assert monotonic() - began < 20
    assert f"admin / {password}" in site.output()


def test_the_site_starts_after_a_kill(site: Site) -> None:
    children = site.children("")
    site.process.kill()
    site.process.wait()
    assert eventually(lambda: not any(is_running(pid) for pid in children), 20)
    site.start()
    assert site.is_healthy()
