"""The HTTP client of the official clients: bounded in time and bytes, and without redirects.

The official clients retry and back off by themselves, but each attempt and each piece of an answer
may take the whole timeout, and a pause is as long as the provider's Retry-After. Here all of them
end at one deadline.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NoReturn

import httpx2

from gallery.core.errors import LlmBadAnswer

_MAX_RETRIES = 2
# After a timeout or a failed connection the official clients pause for up to 1.5 s in all, whatever
# time is left.
_LEAST_SECONDS_TO_RETRY = 4.0
CONNECT_SECONDS = 5.0
# 1,500 tokens take about 300 kB as events; a larger answer is not one to a question.
MAX_ANSWER_BYTES = 4 << 20
_CONTENT_TYPES = ("application/json", "text/event-stream")


class _BoundedStream(httpx2.SyncByteStream):
    """Ends the connection at the deadline: the timeout of the client counts for each read anew."""

    def __init__(
        self, stream: httpx2.SyncByteStream, response: httpx2.Response, deadline: float
    ) -> None:
        self._stream = stream
        self._request = response.request
        self._deadline = deadline
        connection = response.extensions["network_stream"].get_extra_info("socket")
        self._timer = threading.Timer(deadline - time.monotonic(), _end, [connection])
        self._timer.daemon = True
        self._timer.start()

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        try:
            for chunk in self._stream:
                received += len(chunk)
                if received > MAX_ANSWER_BYTES:
                    raise LlmBadAnswer("The answer of the language model is too long.")
                _remaining(self._request, self._deadline)
                yield chunk
        except httpx2.TransportError:
            _remaining(self._request, self._deadline)
            raise
        _remaining(self._request, self._deadline)

    def close(self) -> None:
        self._timer.cancel()
        self._stream.close()


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed meanwhile
        # The method of ssl.SSLSocket changes what another thread reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def retries_before(deadline: float) -> int:
    """How often a request is repeated: never where a pause would take much of the time."""
    return _MAX_RETRIES if deadline - time.monotonic() >= _LEAST_SECONDS_TO_RETRY else 0


def bounded_client(deadline: float) -> httpx2.Client:
    """A client for the requests of one answer."""

    def before(request: httpx2.Request) -> None:
        left = _remaining(request, deadline)
        request.extensions["timeout"] = {
            "connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left,
        }  # fmt: skip

    def after(response: httpx2.Response) -> None:
        if _pause(response) > deadline - time.monotonic():
            response.headers["x-should-retry"] = "false"
        if response.is_success and not _is_of_a_model(response):
            raise LlmBadAnswer("The language model's address answers something else than a model.")
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _BoundedStream(response.stream, response, deadline)

    # A redirect would take the key to another address.
    hooks: dict[str, list[Any]] = {"request": [before], "response": [after]}
    # The bytes are counted before they are decompressed, so compressed answers are not accepted.
    return httpx2.Client(
        follow_redirects=False,
        event_hooks=hooks,
        verify=_certificates(),
        headers={"Accept-Encoding": "identity"},
    )


def _is_of_a_model(response: httpx2.Response) -> bool:
    content_type = response.headers.get("content-type", "")
    is_plain = response.headers.get("content-encoding", "identity") == "identity"
    return is_plain and content_type.startswith(_CONTENT_TYPES)


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading them takes 60 ms."""
    return httpx2.create_ssl_context()


def _remaining(request: httpx2.Request, deadline: float) -> float:
    left = deadline - time.monotonic()
    return left if left > 0 else _too_late(request)


def _too_late(request: httpx2.Request) -> NoReturn:
    raise httpx2.ReadTimeout("The deadline has passed.", request=request)


def _pause(response: httpx2.Response) -> float:
    """The seconds that the provider asks to wait; a date counts as too long. The official clients
    prefer the milliseconds."""
    try:
        if "retry-after-ms" in response.headers:
            return float(response.headers["retry-after-ms"]) / 1000
        return float(response.headers.get("retry-after", "0"))
    except ValueError:
        return float("inf")
