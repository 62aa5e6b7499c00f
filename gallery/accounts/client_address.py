"""The address of a client, as far as it can be trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings


def client_address(meta: Mapping[str, Any]) -> str:
    """Of IPv6 the network of one customer, who has 2**64 addresses.

    Only as many entries of ``X-Forwarded-For`` as there are proxies are trusted. Otherwise a client
    could send a new address with every request.
    """
    proxies = cast(int, settings.REST_FRAMEWORK.get("NUM_PROXIES") or 0)
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
    return str(ipaddress.ip_network((parsed, 64), strict=False))
