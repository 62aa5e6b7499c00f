"""Shows which queues have a live worker: each worker renews a cache key that expires."""

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
_INTERVAL_SECONDS = 3.0
EXPIRY_SECONDS = 12


def start(queue: str) -> None:
    """Renew the key from a daemon thread, so that a long batch does not look like a lost worker."""
    threading.Thread(target=_beat_forever, args=[queue], daemon=True, name="heartbeat").start()


def beat(queue: str) -> None:
    cache.set(_key(queue), f"{socket.gethostname()}:{os.getpid()}", EXPIRY_SECONDS)


def missing() -> list[str]:
    """Queues without a live worker. Raises ``RedisError`` if the cache does not answer."""
    beats = cache.get_many([_key(queue) for queue in QUEUES])
    return [queue for queue in QUEUES if _key(queue) not in beats]


def _key(queue: str) -> str:
    return f"worker:{queue}"


def _beat_forever(queue: str) -> None:
    while True:
        try:
            beat(queue)
        except RedisError as error:
            log.warning("heartbeat of queue %s failed: %s", queue, error)
        time.sleep(_INTERVAL_SECONDS)
