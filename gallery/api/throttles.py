"""Request limits per address and account."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from gallery.core import rate_limit
from gallery.core.rate_limit import ANONYMOUS_SEARCH_RATE
from gallery.core.visitor import client_address


class WindowThrottle(BaseThrottle):
    """``rate`` is ``<requests>/<window>`` such as ``30/15m``.

    ``DEFAULT_THROTTLE_RATES`` of Django REST framework overrides it by ``scope``; ``None`` there
    disables the limit.
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
        limit, window = rate_limit.parse_rate(str(rate))
        counted = rate_limit.count(self.scope, subject, window)
        self._wait = counted.wait
        return counted.requests <= limit

    def wait(self) -> float:
        return self._wait

    def get_ident(self, request: Request) -> str:
        """The client's address."""
        return client_address(request.META)


class _Anonymous(WindowThrottle):
    def subject(self, request: Request) -> str | None:
        return None if request.user.is_authenticated else self.get_ident(request)


class AnonymousSearch(_Anonymous):
    """The search page counts in the same windows."""

    scope = "anonymous_search"
    rate = ANONYMOUS_SEARCH_RATE


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
