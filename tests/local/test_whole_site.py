"""bin/run, from the first start to the last process: the real site in a var of its own."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from time import monotonic

import pytest

from tests.local.neighbourhood import eventually, lives
from tests.local.site import ROOT, Site, opened

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


def test_the_address_answers_and_everything_is_well(site: Site) -> None:
    assert f"http://127.0.0.1:{site.port}/" in site.said()
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/") as page:
        assert page.status == 200
    assert site.well()


def test_the_first_words_name_the_encoder_the_login_and_the_data(site: Site) -> None:
    password = (site.var / "admin-password").read_text().strip()
    assert re.search(r"Encoder +\S", site.said())
    assert f"admin / {password}" in site.said()
    assert f"Data                  {site.var}" in site.said()


def test_a_killed_worker_is_back_within_two_seconds(site: Site) -> None:
    (worker,) = site.children("-Q embed")
    os.kill(worker, 9)
    assert eventually(lambda: site.children("-Q embed") not in ([], [worker]), 2)


def test_another_shell_gets_a_token_and_nothing_else(site: Site) -> None:
    assert re.fullmatch(r"[0-9a-f]{32,}\n", site.manage("apitoken", "admin"))


def test_a_second_run_on_the_same_data_is_refused(site: Site) -> None:
    command = [sys.executable, "manage.py", "runlocal"]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"already runs on {site.var}" in done.stderr


def test_it_stops_without_a_trace_and_is_back_soon_with_the_same_login(site: Site) -> None:
    password = (site.var / "admin-password").read_text().strip()
    children = site.children("")
    assert len(children) >= 6
    assert site.stop() == 0
    assert not any(lives(pid) for pid in children)
    began = monotonic()
    site.start()
    assert monotonic() - began < 20
    assert f"admin / {password}" in site.said()


def test_after_kill_9_the_next_start_works(site: Site) -> None:
    children = site.children("")
    site.process.kill()
    site.process.wait()
    assert eventually(lambda: not any(lives(pid) for pid in children), 20)
    site.start()
    assert site.well()
