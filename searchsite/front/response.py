"""Sends what a WSGI application returned, without a thread that waits for a slow client.

A file is sent from a copy of its descriptor, so the application may close the response (and its
database connection) before the first byte is sent. Other responses are one piece of memory, except
for server-sent events, which are sent while the thread makes them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from searchsite.front.pieces import Pieces

Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

_PIECE = 64 << 10
# A client that takes less than a piece in this time is disconnected.
PIECE_SECONDS = 60.0


class SlowReader(Exception):
    """The client did not take a piece of the response in time."""


class FileWrapper:
    """``wsgi.file_wrapper``: marks a response that is an open file."""

    def __init__(self, file: IO[bytes], block_size: int = _PIECE) -> None:
        self.file = file
        self.block_size = block_size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        self.file.close()


@dataclass
class Response:
    """Status and headers, then ``content``, the rest of ``descriptor``, or ``pieces``."""

    status: int = 500
    headers: list[Header] = field(default_factory=list)
    content: bytes = b""
    descriptor: int | None = None
    pieces: Pieces | None = None

    def start(self, status: str, headers: Iterable[tuple[str, str]], _: object = None) -> None:
        """The ``start_response`` of WSGI, without its rarely used ``write``."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers]

    @property
    def is_event_stream(self) -> bool:
        return any(
            name.lower() == b"content-type" and value.startswith(b"text/event-stream")
            for name, value in self.headers
        )

    def read(self, result: Iterable[bytes], *, method: str) -> None:
        """Take the body over from the application, in its thread."""
        if method == "HEAD":
            return
        descriptor = _descriptor_of(result)
        if descriptor is None:
            self.content = b"".join(result)
            return
        size = os.fstat(descriptor).st_size - os.lseek(descriptor, 0, os.SEEK_CUR)
        if size <= _PIECE:
            self.content = b"".join(result)
        else:
            self.descriptor = os.dup(descriptor)

    async def send(self, send: Send) -> None:
        """Raises ``SlowReader``."""
        try:
            start = {"type": "http.response.start", "status": self.status}
            await send({**start, "headers": self.headers})
            if self.descriptor is not None:
                await self._send_file(send, self.descriptor)
            elif self.pieces is not None:
                async for piece in self.pieces:
                    await _send_piece(send, piece, more=True)
                await _send_piece(send, b"", more=False)
            else:
                await _send_piece(send, self.content, more=False)
        finally:
            self.close()

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
        if self.pieces is not None:
            self.pieces.abandoned.set()

    async def _send_file(self, send: Send, descriptor: int) -> None:
        loop = asyncio.get_running_loop()
        while piece := await loop.run_in_executor(None, os.read, descriptor, _PIECE):
            await _send_piece(send, piece, more=True)
        await _send_piece(send, b"", more=False)


async def _send_piece(send: Send, piece: bytes, *, more: bool) -> None:
    message = {"type": "http.response.body", "body": piece, "more_body": more}
    try:
        async with asyncio.timeout(PIECE_SECONDS):
            await send(message)
    except TimeoutError:
        raise SlowReader from None


def _descriptor_of(result: Iterable[bytes]) -> int | None:
    if not isinstance(result, FileWrapper):
        return None
    try:
        return result.file.fileno()
    except (AttributeError, OSError):
        return None
