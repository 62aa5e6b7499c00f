"""Starts and stops services on one ``var``, as often as a test likes."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from redis import Redis

from searchsite.local import addresses, services
from searchsite.local.supervisor import Supervisor


class Neighbourhood:
    def __init__(self, var: Path) -> None:
        self.var = var
        self.said: list[str] = []
        self.supervisor = Supervisor(var / "log", self.said.append)

    def start_postgres(self) -> None:
        services.start_postgres(self.supervisor, self.var, self.said.append, durable=False)

    def start_redis(self) -> None:
        services.start_redis(self.supervisor, self.var)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        url = addresses.database_url(self.var)
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def redis(self) -> "Redis":
        return Redis.from_url(addresses.redis_url(self.var))

    def kill(self, name: str) -> None:
        pid = self.supervisor.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        self.supervisor.stop()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.02)
    return True


def lives(pid: int) -> bool:
    """A zombie, which only waits for its parent to look, is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
