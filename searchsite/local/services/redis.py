"""The two embedded Redis servers, run by our supervisor."""

import signal
from collections.abc import Callable
from pathlib import Path
from time import sleep

from redis import Redis
from redis.exceptions import RedisError

from searchsite import memory
from searchsite.local import addresses, directories
from searchsite.local.errors import LocalError
from searchsite.local.services import redis_program
from searchsite.local.supervision import orphans
from searchsite.local.supervision.process import Program

_MIB = 1 << 20


def broker(var: Path) -> Program:
    """The queue, which survives a restart."""
    # With any other policy a full Redis would delete queued messages silently.
    settings = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
    most = min(max(memory.total() // 16, 128 * _MIB), 1024 * _MIB)
    return _program("redis", addresses.redis_socket(var), var / "redis", most, settings)


def cache(var: Path) -> Program:
    """What may be lost, in a server of its own: beyond its memory it forgets what was not used for
    longest, and the queue notices nothing.
    """
    settings = {"appendonly": "no", "maxmemory-policy": "allkeys-lru"}
    most = min(max(memory.total() // 32, 64 * _MIB), 256 * _MIB)
    return _program("cache", addresses.cache_socket(var), var / "cache", most, settings)


def _program(name: str, socket: Path, folder: Path, most: int, settings: dict[str, str]) -> Program:
    data = directories.private(folder)
    server = redis_program.find()
    common = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "daemonize": "no",
        "save": "",
        "maxmemory": str(most),
        "loglevel": "notice",
    }
    options = {**common, **settings}.items()
    flags = [part for option, value in options for part in (f"--{option}", value)]
    return Program(
        name=name,
        command=[str(server), *flags],
        cwd=data,
        orphan_signal=signal.SIGTERM,
        grace=30,
        service=True,
        before_start=lambda: orphans.end(server.name, data, signal.SIGTERM),
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
