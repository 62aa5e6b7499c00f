"""Request limits per address and account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from gallery.core import rate_limit
from gallery.core.rate_limit import ANONYMOUS_SEARCH_RATE
from gallery.core.visitor import client_address

if TYPE_CHECKING:  # The views import this module.
    from gallery.api.view import ApiView


@dataclass(frozen=True)
class RateLimit:
    """The state of one limit after a request; ``wait`` is the rest of the window in seconds."""

    name: str
    requests: int
    window: int
    remaining: int
    wait: float


def rate_limit_headers(limits: Sequence[RateLimit]) -> dict[str, str]:
    """As in draft-ietf-httpapi-ratelimit-headers-10, whose names may change until it is an RFC."""
    if not limits:
        return {}
    policies = (f'"{limit.name}";q={limit.requests};w={limit.window}' for limit in limits)
    states = (f'"{limit.name}";r={limit.remaining};t={ceil(limit.wait)}' for limit in limits)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


class WindowThrottle(BaseThrottle):
    """``rate`` is ``<requests>/<window>`` such as ``30/15m``.

    ``DEFAULT_THROTTLE_RATES`` of Django REST framework overrides it by ``name``; ``None`` there
    disables the limit. ``rate_limits`` of the view, an ``ApiView``, gets the state.
    """

    name: ClassVar[str]
    rate: ClassVar[str]

    def counts(self, method: str) -> bool:
        """Whether requests with this method may be limited."""
        return True

    def subject(self, request: Request) -> str | None:
        """The key whose requests are counted; None for no limit."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: ApiView) -> bool:  # type: ignore[override]
        rate = api_settings.DEFAULT_THROTTLE_RATES.get(self.name, self.rate)
        subject = self.subject(request) if self.counts(str(request.method)) else None
        if rate is None or subject is None:
            return True
        limit, window = rate_limit.parse_rate(str(rate))
        counted = rate_limit.count(self.name, subject, window)
        self._wait = counted.wait
        remaining = max(0, limit - counted.requests)
        view.rate_limits.append(RateLimit(self.name, limit, window, remaining, counted.wait))
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

    name = "anonymous_search"
    rate = ANONYMOUS_SEARCH_RATE


class AnonymousUpload(_Anonymous):
    name = "anonymous_upload"
    rate = "60/m"

    def counts(self, method: str) -> bool:
        return method == "POST"


class EncoderRequests(WindowThrottle):
    """Limits each account, because one request may occupy the processor for seconds."""

    name = "encoder"
    rate = "60/m"

    def subject(self, request: Request) -> str | None:
        return f"user {request.user.pk}" if request.user.is_authenticated else None
