"""Workers say that they live: a key in the cache that expires soon after a worker is gone."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

QUEUES = ("derive", "embed")
_EVERY = 3.0
_EXPIRES = 12


def start(queue: str) -> None:
    """Beat from a daemon thread, so that a long batch does not look like a dead worker."""
    threading.Thread(target=_beat_for_ever, args=[queue], daemon=True, name="heartbeat").start()


def beat(queue: str) -> None:
    cache.set(_key(queue), f"{socket.gethostname()}:{os.getpid()}", _EXPIRES)


def missing() -> list[str]:
    """Queues without a living worker. Raises ``RedisError`` when the cache does not answer."""
    alive = cache.get_many([_key(queue) for queue in QUEUES])
    return [queue for queue in QUEUES if _key(queue) not in alive]


def _key(queue: str) -> str:
    return f"worker:{queue}"


def _beat_for_ever(queue: str) -> None:
    while True:
        try:
            beat(queue)
        except RedisError as error:
            log.warning("heartbeat of %s: %s", queue, error)
        time.sleep(_EVERY)
