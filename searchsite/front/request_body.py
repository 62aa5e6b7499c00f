"""Receives the body of a request before a thread works on it, within limits of time and space."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import Any

from searchsite.front.body_space import BodyError, BodySpace

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

# Larger bodies go to the temporary folder. A process may receive thousands of bodies at a time.
IN_MEMORY = 16 << 10


@dataclass(frozen=True)
class Pace:
    """How slow a client may be: seconds without a byte, and bytes a second after ``grace``."""

    idle: float = 20.0
    grace: float = 30.0
    bytes_per_second: int = 2_000


class Body:
    """The body of one request; a context manager, because it may have a temporary file."""

    def __init__(self, space: BodySpace, pace: Pace, client: str) -> None:
        self._space = space
        self._pace = pace
        self._client = client
        self._announced = 0
        self._taken = 0
        self.size = 0
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._space.give_back(self._taken)
        self._space.withdraw(self._client, self._announced)

    async def receive(self, receive: Receive, length: int) -> None:
        """Receive ``length`` bytes. Raises ``BodyError``, at once if there is no space for them."""
        if length > IN_MEMORY:
            self._space.announce(self._client, length)
            self._announced = length
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
            if self._announced:
                # Otherwise the first piece would be written to memory, then to the disk.
                self.file.rollover()
            self.file.write(chunk)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise BodyError("full") from error
        self.size += len(chunk)
