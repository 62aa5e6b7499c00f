"""The address of the client that sent a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def client_address(meta: Mapping[str, Any]) -> str:
    """``meta`` has the headers of the request, as ``request.META`` does.

    Only as many entries of ``X-Forwarded-For`` as ``NUM_PROXIES`` are trusted. Otherwise a client
    could send a new address with every request.
    """
    framework: dict[str, Any] = settings.REST_FRAMEWORK
    proxies = int(framework.get("NUM_PROXIES") or 0)
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", ""))
    if not proxies or not forwarded:
        return str(meta.get("REMOTE_ADDR", ""))
    addresses = forwarded.split(",")
    return addresses[-min(proxies, len(addresses))].strip()
