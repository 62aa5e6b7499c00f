"""The site that the faults hit: its processes by role, its database, its queue and its disk."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any

import psutil
import psycopg
from redis import Redis

from searchsite.local import addresses
from tests.faults.clock import Clock
from tests.faults.disk import Disk
from tests.local.services import eventually
from tests.local.site import Site, children_of

# Parts of the command lines of the supervisor's children.
_COMMANDS = {
    "web": "gunicorn",
    "derive": "-Q derive",
    "embed": "-Q embed",
    "beat": "celery -A searchsite --quiet beat",
    "postgres": "bin/postgres",
    "broker": "redis.sock",
    "cache": "cache.sock",
}
ROLES = ("web", "derive", "embed", "beat")
_DECODER = "gallery.media.decoding_child.program"
# The supervisor starts a killed process again after a pause.
_START_SECONDS = 60.0


@dataclass
class Target:
    site: Site
    disk: Disk
    clock: Clock
    random: Random

    def pids(self, role: str) -> list[int]:
        """Process ids of the supervisor's children with this role; empty while there is none."""
        with suppress(OSError):
            return self.site.children(_COMMANDS[role])
        return []

    def running_pids(self, role: str) -> list[int]:
        """The same, once there is one: a fault that hits nothing would prove nothing."""
        pids: list[int] = []

        def is_running() -> bool:
            pids[:] = self.pids(role)
            return bool(pids)

        assert eventually(is_running, _START_SECONDS), f"no process of {role} runs"
        return pids

    def inner_pids(self, role: str) -> list[int]:
        """The children of these: workers of the web server, processes of a pool, backends."""
        inner: list[int] = []
        for pid in self.pids(role):
            with suppress(OSError):
                inner += children_of(pid)
        return inner

    def decoders(self) -> list[int]:
        """The processes that decode one picture each; a moment later they may have ended."""
        return [pid for pid, parent in self._decoding() if _DECODER in _command(parent)]

    def decoder_servers(self) -> list[int]:
        """The processes that start these."""
        return [pid for pid, parent in self._decoding() if _DECODER not in _command(parent)]

    def _decoding(self) -> Iterator[tuple[int, int]]:
        for pid in self.inner_pids("derive"):
            with suppress(psutil.Error):
                for process in psutil.Process(pid).children(recursive=True):
                    if _DECODER in process.cmdline():
                        yield process.pid, process.ppid()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with self.session() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def session(self, *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        url = addresses.database_url(self.site.var)
        with closing(psycopg.connect(url, autocommit=autocommit, connect_timeout=5)) as connection:
            yield connection

    def unfinished(self) -> int | None:
        """How many pictures wait or are being processed; None while the database is down."""
        with suppress(psycopg.Error):
            statement = "SELECT count(*) FROM gallery_image WHERE state IN ('stored', 'derived')"
            return int(self.sql(statement)[0][0])
        return None

    def broker(self) -> Redis:
        url = addresses.redis_url(self.site.var)
        return Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)


def _command(pid: int) -> list[str]:
    with suppress(psutil.Error):
        return list(psutil.Process(pid).cmdline())
    return []


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def frozen(pids: Iterable[int]) -> Iterator[None]:
    """Stopped in the block. Some may be killed meanwhile, by their supervisor for instance."""
    stopped = list(pids)
    send(stopped, signal.SIGSTOP)
    try:
        yield
    finally:
        send(stopped, signal.SIGCONT)


def soon(condition: Callable[[], bool], seconds: float) -> bool:
    """Check the condition every 5 ms; False if it did not become true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
