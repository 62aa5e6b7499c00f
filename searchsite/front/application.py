"""An ASGI application that receives a request completely, and runs it in a thread with WSGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gallery.core.body_limits import REFUSED
from searchsite.front.environ import Scope, environ_of, header
from searchsite.front.request_body import Body, BodyError, Pace, Receive, Space
from searchsite.front.response import FileWrapper, Response, Send, SlowReader

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# The rest of a refused body is read for this time, so that the client reads the answer instead of
# an error of the connection.
_DISCARD_SECONDS = 2.0
_DISCARD_BYTES = 16 << 20


@dataclass(frozen=True)
class Front:
    wsgi: WsgiApplication
    threads: ThreadPoolExecutor
    space: Space
    # The largest body that an address accepts.
    body_limit: Callable[[str], int]
    pace: Pace = field(default_factory=Pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with Body(self.space, self.pace) as body:
            reason = await self._receive(scope, body, receive)
            if reason == "disconnected":
                return
            loop = asyncio.get_running_loop()
            response = await loop.run_in_executor(self.threads, self._run, scope, body, reason)
        with suppress(SlowReader):
            await response.send(send)
        if reason:
            await _discard(receive)

    async def _receive(self, scope: Scope, body: Body, receive: Receive) -> str:
        """Why the body was not received; "" if it was."""
        length = header(scope, b"content-length")
        if header(scope, b"transfer-encoding"):
            return "length_required"
        if not length.isdecimal() or int(length) == 0:
            return ""
        if int(length) > self.body_limit(scope["path"]):
            return "too_large"
        try:
            await body.receive(receive)
        except BodyError as error:
            return error.reason
        return ""

    def _run(self, scope: Scope, body: Body, reason: str) -> Response:
        environ = environ_of(scope, body.file)
        environ["wsgi.file_wrapper"] = FileWrapper
        environ[REFUSED] = reason
        response = Response()
        result = self.wsgi(environ, response.start)
        try:
            response.read(result, method=scope["method"])
        finally:
            if close := getattr(result, "close", None):
                close()
        return response


async def _discard(receive: Receive) -> None:
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_SECONDS):
            while size < _DISCARD_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
