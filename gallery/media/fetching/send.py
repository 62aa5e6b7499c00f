"""Sends a small message to a server, which may answer what it likes: only the status is read."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpcore2

from gallery.core.config import config
from gallery.media.fetching.connection import certificates, checked_url, failures, target_of
from gallery.media.fetching.guarded_network import GuardedNetwork
from gallery.media.fetching.policy import policy_of

_SECONDS = 10.0
# The head of the answer; its body is not read.
_MOST_BYTES = 64 << 10


def check(url: str) -> None:
    """Raises ``UrlRefused`` if the text alone says that nothing is sent to it."""
    limits = config()
    checked_url(url, policy_of(limits.fetch_allow, limits.fetch_deny))


def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer to a POST, also of a redirect, which is not followed.

    Raises ``UrlRefused`` and ``UrlUnreachable``, after 10 seconds at the latest.
    """
    limits = config()
    policy = policy_of(limits.fetch_allow, limits.fetch_deny)
    address = checked_url(url, policy)
    network = GuardedNetwork(
        policy, time.monotonic() + min(_SECONDS, limits.fetch_seconds), _MOST_BYTES
    )
    sent: list[tuple[bytes | str, bytes | str]] = [
        ("Host", address.netloc),
        ("User-Agent", f"Searchsite/{limits.version}"),
        ("Content-Length", str(len(body))),
        *headers.items(),
    ]
    with (
        failures(),
        httpcore2.ConnectionPool(ssl_context=certificates(), network_backend=network) as pool,
        pool.stream("POST", target_of(address), headers=sent, content=body) as response,
    ):
        return int(response.status)
