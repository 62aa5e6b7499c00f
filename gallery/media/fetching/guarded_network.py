"""Connections of the HTTP client: judged, pinned to the judged address, and ended at a deadline.

The client hands the host of a URL to this backend and connects through nothing else, so a URL that
two programs read differently cannot get past the judgement.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from ipaddress import ip_address
from typing import Any

import httpcore2

from gallery.media.fetching.policy import Policy
from gallery.media.fetching.public_addresses import Address

_CONNECT_SECONDS = 5.0
# Of a name with many addresses, so many are tried.
_MAX_ADDRESSES = 3
# ``getaddrinfo`` has no timeout: a resolver that does not answer keeps one of these threads.
_RESOLVERS = threading.BoundedSemaphore(8)


class NotPublic(httpcore2.ConnectError):
    """The policy forbids the server."""


class TooMuch(httpcore2.ReadError):
    """The server sent more than the limit."""


class GuardedNetwork(httpcore2.NetworkBackend):
    """One fetch: all its connections end at ``deadline`` (of ``time.monotonic``), and together they
    receive at most ``most_bytes``.
    """

    def __init__(self, policy: Policy, deadline: float, most_bytes: int) -> None:
        self._policy = policy
        self._deadline = deadline
        self._bytes_left = most_bytes
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """The host is resolved once. Raises ``NotPublic`` if any address of it is forbidden."""
        addresses = self._resolved(host, port)
        if not all(self._policy.may_connect(host, address, port) for address in addresses):
            raise NotPublic(f"{host} is not a public server.")
        failure: Exception = httpcore2.ConnectError(f"{host} has no address.")
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                stream = self._backend.connect_tcp(
                    str(address), port, min(_CONNECT_SECONDS, self.seconds_left())
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise NotPublic("Pictures are not fetched from sockets of this machine.")

    def seconds_left(self) -> float:
        """Raises ``ReadTimeout`` after the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("The server took too long.")
        return left

    def count(self, received: int) -> None:
        """Raises ``TooMuch``."""
        self._bytes_left -= received
        if self._bytes_left < 0:
            raise TooMuch("The server sent too much.")

    def _resolved(self, host: str, port: int) -> list[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            pass
        try:
            entries = _resolve(host, port).result(min(_CONNECT_SECONDS, self.seconds_left()))
        except (OSError, UnicodeError, FutureTimeout) as error:
            raise httpcore2.ConnectError(f"{host} has no address.") from error
        return list(dict.fromkeys(ip_address(entry[4][0]) for entry in entries))


def _resolve(host: str, port: int) -> Future[list[Any]]:
    """In a thread that does not keep the process from ending."""
    future: Future[list[Any]] = Future()

    def run() -> None:
        try:
            future.set_result(
                socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            )
        except (OSError, UnicodeError) as error:
            future.set_exception(error)
        finally:
            _RESOLVERS.release()

    if not _RESOLVERS.acquire(blocking=False):
        raise httpcore2.ConnectError("The resolver does not answer.")
    threading.Thread(target=run, name="resolve", daemon=True).start()
    return future


class _Stream(httpcore2.NetworkStream):
    """A connection whose operations all end at the deadline, whatever timeout they have."""

    def __init__(self, stream: httpcore2.NetworkStream, network: GuardedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._network.seconds_left())
        self._network.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._network.seconds_left()
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
