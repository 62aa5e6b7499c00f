"""The real site of bin/run in a var of its own, as a user's shell sees it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from searchsite.local import directories, probe, sandbox
from tests.local.neighbourhood import eventually, lives

ROOT = Path(__file__).resolve().parents[2]
# What the tests' own services are called must not lead the site to them.
FOREIGN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


class Site:
    def __init__(self, var: Path, **environment: str) -> None:
        """Started without demonstration pictures, unless ``environment`` wants them."""
        self.var, self.chosen = var, environment
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        self.console = var / "console"
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        settings = {"SEARCHSITE_VAR": str(self.var), "PORT": str(self.port), "SEARCHSITE_DEMO": "0"}
        return ours | settings | {"PYTHONUNBUFFERED": "1"} | self.chosen

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

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        command = [str(ROOT / "bin" / "manage"), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def well(self) -> bool:
        return probe.reasons("127.0.0.1", self.port, "localhost") == {}


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


@contextmanager
def opened(**environment: str) -> Iterator[Site]:
    var = Path(tempfile.mkdtemp(prefix="site-")).resolve()
    directories.make_var(var)
    site = Site(var, **environment)
    try:
        yield site
    finally:
        site.stop()
        sandbox.remove(var)
