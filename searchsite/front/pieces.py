"""A response whose pieces are sent while a thread makes them: server-sent events.

Every other response is complete before its first byte is sent (decision 0014). The thread is held
until the application has made the last piece, so the application has to limit how many such
responses it makes at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from searchsite.front.request_body import Receive

if TYPE_CHECKING:  # The responses import this module.
    from searchsite.front.response import Response

log = logging.getLogger(__name__)


class Pieces:
    """``started`` has the response as soon as the application has begun it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.started: asyncio.Future[Response] = self._loop.create_future()
        # Set when the client has gone: the thread then makes no further piece.
        self.abandoned = Event()

    def begin(self, response: Response) -> None:
        """In the thread of the application."""
        self._loop.call_soon_threadsafe(self._set_started, response)

    def fill(self, result: Iterable[bytes]) -> None:
        """In the thread of the application, until it has made the last piece."""
        try:
            for piece in result:
                if self.abandoned.is_set():
                    return
                self._put(piece)
        except Exception:  # The status has been sent; a client misses the last event.
            log.exception("a response ended early")
        finally:
            self._put(None)

    async def watch(self, receive: Receive) -> None:
        """Abandon the pieces when the client goes; until then, sending to it raises nothing."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.abandoned.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._queue.get()) is not None:
            if piece:
                yield piece

    def _put(self, piece: bytes | None) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            self._loop.call_soon_threadsafe(self._queue.put_nowait, piece)

    def _set_started(self, response: Response) -> None:
        if not self.started.done():
            self.started.set_result(response)
