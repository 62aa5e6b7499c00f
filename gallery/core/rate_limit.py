"""Request limits: fixed windows, counted in the cache for all processes.

While the cache does not answer, each process counts for itself. Then the limit of the site is the
limit times the number of web processes.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from gallery.core.errors import Throttled

log = logging.getLogger(__name__)

# Searches by pages and API together, for each address without an account.
ANONYMOUS_SEARCH_RATE = "120/m"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Counters of this process: about 3 MB.
_LOCAL_COUNTERS = 10_000

_counters: LRUCache[str, int] = LRUCache(_LOCAL_COUNTERS)
_lock = threading.Lock()


@dataclass(frozen=True)
class Count:
    """The requests of a subject in the current window, and the seconds until the next one."""

    requests: int
    wait: float


def count(limit_name: str, subject: str, window: int) -> Count:
    """Count one more request of ``subject`` in the current window of ``window`` seconds."""
    number, elapsed = divmod(time.time(), window)
    digest = hashlib.sha256(subject.encode(errors="surrogatepass")).hexdigest()
    requests = _increment(f"throttle:{limit_name}:{digest}:{int(number)}", window)
    return Count(requests, max(1.0, window - elapsed))


def check(limit_name: str, subject: str, rate: str) -> None:
    """Raises ``Throttled`` beyond ``rate``, such as ``30/15m``.

    An entry for ``limit_name`` in ``DEFAULT_THROTTLE_RATES`` of the setting ``REST_FRAMEWORK``
    replaces ``rate``; None disables the limit.
    """
    framework: dict[str, Any] = settings.REST_FRAMEWORK
    configured = framework.get("DEFAULT_THROTTLE_RATES", {}).get(limit_name, rate)
    if configured is None:
        return
    limit, window = parse_rate(str(configured))
    current = count(limit_name, subject, window)
    if current.requests > limit:
        raise Throttled("Too many requests. Try again later.", wait=round(current.wait))


def parse_rate(rate: str) -> tuple[int, int]:
    """Requests and seconds: ``30/15m`` is (30, 900). Raises ``ValueError``."""
    match = re.fullmatch(r"(\d+)/(\d*)([smhd])[a-z]*", rate)
    if match is None:
        raise ValueError(f"Expected a throttle rate such as 30/15m, not {rate!r}.")
    return int(match[1]), int(match[2] or 1) * _SECONDS[match[3]]


def _increment(key: str, window: int) -> int:
    try:
        try:
            return int(cache.incr(key))
        except ValueError:  # The first request of the window.
            # The key contains its window, so it may live longer than the window.
            cache.add(key, 0, timeout=window + 1)
            return int(cache.incr(key))
    except (RedisError, OSError, ValueError) as error:
        log.warning("requests are counted by this process alone: %s", type(error).__name__)
        return _increment_locally(key)


def _increment_locally(key: str) -> int:
    with _lock:
        _counters[key] = _counters.get(key, 0) + 1
        return _counters[key]
