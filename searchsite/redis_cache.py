"""Django's cache in Redis, with one client for each thread, and a pause after a failure.

A Redis that is frozen costs each command its timeout. So after a failure no command is sent for a
few seconds, and all commands of the process fail at once; their callers can do without the cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

PAUSE_SECONDS = 3.0

_T = TypeVar("_T")
# Addresses of servers → when they are tried again, on the clock of ``time.monotonic``.
_paused: dict[str, float] = {}


class _Once(Retry):
    """redis-py passes every exchange with the server through this; none is repeated."""

    def __init__(self, server: str) -> None:
        super().__init__(NoBackoff(), 0)
        self._server = server

    def call_with_retry(self, do: Callable[[], _T], *args: Any, **options: Any) -> _T:
        try:
            return super().call_with_retry(do, *args, **options)
        except (RedisConnectionError, RedisTimeoutError, OSError):
            _paused[self._server] = time.monotonic() + PAUSE_SECONDS
            raise


class _KeptClient(RedisCacheClient):
    """Django makes a client for each command, which takes longer than the command."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        self._server = servers[0]
        super().__init__(servers, **{"retry": _Once(self._server), **options})

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        # There is one server, for reading and writing.
        if time.monotonic() < _paused.get(self._server, 0.0):
            raise RedisConnectionError("Redis did not answer a moment ago.")
        return self._kept


class KeptClientCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient
