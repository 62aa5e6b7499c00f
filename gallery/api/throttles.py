"""Request limits per address and account: fixed windows, counted in Redis for all processes."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from typing import ClassVar

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class WindowThrottle(BaseThrottle):
    """``rate`` is ``<requests>/<window>`` such as ``30/15m``.

    ``DEFAULT_THROTTLE_RATES`` of Django REST framework overrides it by ``scope``; ``None`` there
    disables the limit. While Redis is down nothing is limited, so that the site stays usable.
    """

    scope: ClassVar[str]
    rate: ClassVar[str]

    def subject(self, request: Request) -> str | None:
        """The key whose requests are counted; None for no limit."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:
        rate = api_settings.DEFAULT_THROTTLE_RATES.get(self.scope, self.rate)
        subject = self.subject(request)
        if rate is None or subject is None:
            return True
        limit, window = parse_rate(str(rate))
        number, self._elapsed = divmod(time.time(), window)
        self._window = window
        digest = hashlib.sha256(subject.encode()).hexdigest()
        return _count(f"throttle:{self.scope}:{digest}:{int(number)}", window) <= limit

    def wait(self) -> float:
        return max(1.0, self._window - self._elapsed)

    def get_ident(self, request: Request) -> str:
        """The client's address.

        Only as many entries of ``X-Forwarded-For`` as ``NUM_PROXIES`` are trusted. Otherwise a
        client could send a new address with every request.
        """
        if not api_settings.NUM_PROXIES:
            return str(request.META.get("REMOTE_ADDR", ""))
        return str(super().get_ident(request))


def parse_rate(rate: str) -> tuple[int, int]:
    """Requests and seconds: ``30/15m`` is (30, 900). Raises ``ValueError``."""
    match = re.fullmatch(r"(\d+)/(\d*)([smhd])[a-z]*", rate)
    if match is None:
        raise ValueError(f"Expected a throttle rate such as 30/15m, not {rate!r}.")
    return int(match[1]), int(match[2] or 1) * _SECONDS[match[3]]


def _count(key: str, window: int) -> int:
    try:
        try:
            return cache.incr(key)
        except ValueError:  # The first request of the window.
            # The key contains its window, so it may live longer than the window.
            cache.add(key, 0, timeout=window + 1)
            return cache.incr(key)
    except (RedisError, ValueError) as error:
        log.warning("request not counted for throttling: %s", type(error).__name__)
        return 0


class LoginByAddress(WindowThrottle):
    scope = "login_address"
    rate = "20/m"

    def subject(self, request: Request) -> str | None:
        return self.get_ident(request)


class LoginByName(WindowThrottle):
    """Limits password guesses from many addresses. It locks out the account's owner too."""

    scope = "login_name"
    rate = "30/15m"

    def subject(self, request: Request) -> str | None:
        data = request.data
        name = data.get("username", "") if isinstance(data, dict) else ""
        return str(name)[:150].casefold()


class _Anonymous(WindowThrottle):
    def subject(self, request: Request) -> str | None:
        return None if request.user.is_authenticated else self.get_ident(request)


class AnonymousSearch(_Anonymous):
    scope = "anonymous_search"
    rate = "120/m"


class AnonymousUpload(_Anonymous):
    scope = "anonymous_upload"
    rate = "60/m"

    def subject(self, request: Request) -> str | None:
        return super().subject(request) if request.method == "POST" else None


class EncoderRequests(WindowThrottle):
    """Limits each account, because one request may occupy the processor for seconds."""

    scope = "encoder"
    rate = "60/m"

    def subject(self, request: Request) -> str | None:
        return f"user {request.user.pk}" if request.user.is_authenticated else None
