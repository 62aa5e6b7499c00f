"""The real site of bin/run in its own ``var``, started the way a user's shell starts it."""

import atexit
import functools
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

from searchsite import probe
from searchsite.local import directories, sandbox
from tests.local.services import eventually, is_running

ROOT = Path(__file__).resolve().parents[2]
# Variables of the test process that would make the site use the tests' own services.
EXCLUDED = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


class Site:
    # Longer for a run of low priority on a busy machine.
    start_seconds = 600.0

    def __init__(self, var: Path, **overrides: str) -> None:
        """``overrides`` are environment variables; the default has no demonstration pictures."""
        self.var, self.overrides = var, overrides
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        self.console = var / "console"
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in EXCLUDED}
        defaults = {"SEARCHSITE_VAR": str(self.var), "PORT": str(self.port), "SEARCHSITE_DEMO": "0"}
        return inherited | defaults | {"PYTHONUNBUFFERED": "1"} | self.overrides

    def start(self) -> None:
        with self.console.open("w") as console:
            command = [sys.executable, "manage.py", "runlocal"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=console, stderr=console
            )
        eventually(
            lambda: "is ready" in self.output() or not is_running(self.process.pid),
            self.start_seconds,
        )
        if "is ready" not in self.output():
            self.stop()
            raise AssertionError(f"The site did not start:\n{self.output()}")

    def output(self) -> str:
        return self.console.read_text()

    def children(self, text: str) -> list[int]:
        """Process ids of the children whose command line contains the text."""
        return [child for child in children_of(self.process.pid) if text in _command_line(child)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        command = [str(ROOT / "bin" / "manage"), *arguments]
        result = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def is_healthy(self) -> bool:
        return probe.unhealthy_reasons("127.0.0.1", self.port, "localhost") == {}


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def running_site(**overrides: str) -> AbstractContextManager[Site]:
    """A site without pictures. Its ``var`` is a copy of one that has started before, because the
    first start takes five times as long.
    """
    var = _empty_var()
    subprocess.run(["cp", "-a", f"{_var_after_a_start()}/.", var], check=True)
    return _running(var, overrides)


def new_site(**overrides: str) -> AbstractContextManager[Site]:
    """It starts for the first time."""
    return _running(_empty_var(), overrides)


@contextmanager
def _running(var: Path, overrides: Mapping[str, str]) -> Iterator[Site]:
    site = Site(var, **overrides)
    try:
        yield site
    finally:
        site.stop()
        sandbox.remove(var)


@functools.cache
def _var_after_a_start() -> Path:
    """With a migrated database, the exported encoder and the static files."""
    var = _empty_var()
    atexit.register(sandbox.remove, var)
    Site(var).stop()
    return var


def _empty_var() -> Path:
    var = Path(tempfile.mkdtemp(prefix="site-")).resolve()
    directories.make_var(var)
    return var
