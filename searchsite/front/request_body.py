"""Receives the body of a request before a thread is occupied by it, within limits.

The limits are the size that the address allows, the time without a byte, the average pace, and the
space that all bodies together may take in the temporary folder.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# Larger bodies go to the temporary folder.
IN_MEMORY = 256 << 10
# Django writes the files of a form to the temporary folder a second time.
_COPIES = 2


class BodyError(Exception):
    """The body was not received: ``reason`` is ``too_slow``, ``disconnected`` or ``full``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Pace:
    """How slow a client may be: seconds without a byte, and bytes a second after ``grace``."""

    idle: float = 20.0
    grace: float = 30.0
    bytes_per_second: int = 2_000


class Space:
    """The bytes that the bodies of all requests of this process may take on the disk."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Raises ``BodyError``."""
        with self._lock:
            if self._used + size * _COPIES > self._limit:
                raise BodyError("full")
            self._used += size * _COPIES

    def give_back(self, size: int) -> None:
        with self._lock:
            self._used -= size * _COPIES


class Body:
    """The body of one request; a context manager, because it may have a temporary file."""

    def __init__(self, space: Space, pace: Pace) -> None:
        self._space = space
        self._pace = pace
        self._taken = 0
        self.size = 0
        self.file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._space.give_back(self._taken)

    async def receive(self, receive: Receive) -> None:
        """Raises ``BodyError``."""
        began = monotonic()
        more = True
        while more:
            message = await self._next(receive, began)
            self._write(message.get("body", b""))
            more = message.get("more_body", False)
        self.file.seek(0)

    async def _next(self, receive: Receive, began: float) -> Message:
        elapsed = monotonic() - began
        if elapsed > self._pace.grace and self.size < elapsed * self._pace.bytes_per_second:
            raise BodyError("too_slow")
        try:
            async with asyncio.timeout(self._pace.idle):
                message = await receive()
        except TimeoutError:
            raise BodyError("too_slow") from None
        if message["type"] == "http.disconnect":
            raise BodyError("disconnected")
        return message

    def _write(self, chunk: bytes) -> None:
        if self.size + len(chunk) > IN_MEMORY:
            needed = self.size + len(chunk) - self._taken
            self._space.take(needed)
            self._taken += needed
        try:
            self.file.write(chunk)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise BodyError("full") from error
        self.size += len(chunk)
