"""The processes of the site and when each last reported, in a hash of the broker's Redis.

Times are those of the Redis server, so that clocks of different machines do not matter.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds. A process that was killed and does not come back under its name is no longer expected.
_FORGOTTEN_AFTER = 3600
_TIMEOUT = 2


@dataclass(frozen=True)
class Heartbeat:
    """``age`` in seconds; ``media`` is the id of the media folder that the process sees."""

    name: str
    role: str
    media: str
    age: float


def record(name: str, role: str, media: str) -> None:
    """Raises ``RedisError``, like all functions here."""
    client = _client(settings.REDIS_URL)
    value = json.dumps({"role": role, "media": media, "at": _seconds(client.time())})
    client.hset(_key(), name, value)


def forget(name: str) -> None:
    """The process and its children, whose names continue its own after a slash."""
    client = _client(settings.REDIS_URL)
    known: list[Any] = client.hkeys(_key())
    client.hdel(_key(), name, *(field for field in known if field.startswith(f"{name}/")))


def check_writes() -> None:
    """Raises ``ResponseError`` if the server answers and takes no writes, as when it is full."""
    _client(settings.REDIS_URL).set(f"{_key()}:written", 1, ex=_FORGOTTEN_AFTER)


def heartbeats() -> list[Heartbeat]:
    pipeline = _client(settings.REDIS_URL).pipeline(transaction=False)
    pipeline.time()
    pipeline.hgetall(_key())
    time, values = pipeline.execute()
    now = _seconds(time)
    known = [_heartbeat(name, value, now) for name, value in values.items()]
    return [heartbeat for heartbeat in known if heartbeat.age < _FORGOTTEN_AFTER]


def _heartbeat(name: str, value: str, now: float) -> Heartbeat:
    fields = json.loads(value)
    return Heartbeat(name, fields["role"], fields["media"], now - fields["at"])


def _seconds(time: tuple[int, int]) -> float:
    return time[0] + time[1] / 1e6


def _key() -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:heartbeats"


@functools.lru_cache(maxsize=1)
def _client(url: str) -> Redis:
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(
        url,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
        retry=retry,
        decode_responses=True,
    )
