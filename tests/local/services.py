"""The embedded services on one ``var``, which a test can start and stop repeatedly."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from redis import Redis

from searchsite.local import addresses
from searchsite.local.services import start
from searchsite.local.supervision.supervisor import Supervisor


class Services:
    def __init__(self, var: Path) -> None:
        self.var = var
        self.lines: list[str] = []
        self.supervisor = Supervisor(var / "log", self.lines.append)

    def start_postgres(self) -> None:
        start.start_postgres(self.supervisor, self.var, self.lines.append, durable=False)

    def start_redis(self) -> None:
        start.start_redis(self.supervisor, self.var)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        url = addresses.database_url(self.var)
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def redis(self) -> "Redis":
        return Redis.from_url(addresses.redis_url(self.var))

    def start_cache(self) -> None:
        start.start_cache(self.supervisor, self.var)

    def pid(self, name: str) -> int:
        pid = self.supervisor.pid(name)
        assert pid is not None
        return pid

    def kill(self, name: str) -> None:
        os.kill(self.pid(name), signal.SIGKILL)

    def stop(self) -> None:
        self.supervisor.stop()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Check the condition every 20 ms; False if it did not become true in time."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    """A zombie does not count: it has ended and waits for its parent to collect the exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
