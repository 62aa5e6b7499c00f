"""bin/run, from the first start to the last process: the real site in a var of its own."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

import pytest

from searchsite.local import directories, probe, sandbox
from tests.local.neighbourhood import eventually, lives

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
# What the tests' own services are called must not lead the site to them.
FOREIGN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


class Site:
    def __init__(self, var: Path) -> None:
        self.var = var
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        self.console = var / "console"
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        settings = {"SEARCHSITE_VAR": str(self.var), "PORT": str(self.port), "SEARCHSITE_DEMO": "0"}
        return ours | settings | {"PYTHONUNBUFFERED": "1"}

    def start(self) -> None:
        with self.console.open("w") as console:
            command = [sys.executable, "manage.py", "runlocal"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=console, stderr=console
            )
        assert eventually(lambda: "is ready" in self.said() or not lives(self.process.pid), 120)
        assert "is ready" in self.said(), self.said()

    def said(self) -> str:
        return self.console.read_text()

    def children(self, word: str) -> list[int]:
        pid = self.process.pid
        children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return [each for each in children if word in _command_line(each)]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def well(self) -> bool:
        return probe.reasons("127.0.0.1", self.port, "localhost") == {}


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    var = Path(tempfile.mkdtemp(prefix="site-")).resolve()
    directories.make_var(var)
    made = Site(var)
    yield made
    made.stop()
    sandbox.remove(var)


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
    command = [str(ROOT / "bin" / "manage"), "apitoken", "admin"]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"[0-9a-f]{32,}\n", done.stdout)


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
