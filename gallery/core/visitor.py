"""Who sends the current request, for limits and shares that each visitor has.

The address is kept in a context variable, because the packages below the pages see no request.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

_address: ContextVar[str] = ContextVar("visitor_address", default="")
# One customer of a provider has at least 2**64 addresses of IPv6.
_IPV6_PREFIX = 64


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def current_address() -> str:
    """Empty outside of requests."""
    return _address.get()


def name_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """A key for limits: the account, or without a login the address of the current request."""
    return f"account {user.pk}" if user.is_authenticated else f"address {current_address()}"


def client_address(meta: Mapping[str, Any]) -> str:
    """The client's address; of IPv6 the network that one customer has.

    Each proxy appends the address of its client to ``X-Forwarded-For``. Only the last
    ``NUM_PROXIES`` entries are from proxies of the site, and the first of these is the client.
    The entries before them are the client's own, who could send others with every request.
    """
    framework: dict[str, Any] = settings.REST_FRAMEWORK
    proxies = int(framework.get("NUM_PROXIES") or 0)
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", "")) if proxies else ""
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    if entries:
        return _network(entries[-min(proxies, len(entries))])
    return _network(str(meta.get("REMOTE_ADDR", "")))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
