"""An ASGI application that receives a request completely, and runs it in a thread with WSGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gallery.core.body_limits import REFUSED
from searchsite.front.body_space import BodyError, BodySpace
from searchsite.front.client_requests import ClientRequests
from searchsite.front.environ import Scope, environ_of
from searchsite.front.pieces import Pieces
from searchsite.front.refused_body import CLOSE, can_stay_open, discard
from searchsite.front.request_body import Body, Pace, Receive
from searchsite.front.response import FileWrapper, Response, Send, SlowReader

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Front:
    wsgi: WsgiApplication
    threads: ThreadPoolExecutor
    # Whose shares of the two limits below a request takes.
    client_of: Callable[[Environ], str]
    requests: ClientRequests
    space: BodySpace
    # The largest body that a path accepts.
    body_limit: Callable[[str], int]
    pace: Pace = field(default_factory=Pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # before it is accepted: a 403
            return
        environ = environ_of(scope)
        client = self.client_of(environ)
        with self.requests.counted(client) as is_allowed:
            with Body(self.space, self.pace, client) as body:
                refusal = "too_many_requests"
                if is_allowed:
                    refusal = await self._receive(scope["path"], environ, body, receive)
                if refusal == "disconnected":
                    return
                closes = bool(refusal) and not await can_stay_open(environ, refusal, receive)
                environ |= {"wsgi.input": body.file, REFUSED: refusal}
                response = await self._run_in_thread(environ)
            if closes:
                response.headers.append(CLOSE)
            watch = response.pieces and asyncio.create_task(response.pieces.watch(receive))
            try:
                with suppress(SlowReader):
                    await response.send(send)
            finally:
                if watch:
                    watch.cancel()
            if closes:
                await discard(receive)

    async def _receive(self, path: str, environ: Environ, body: Body, receive: Receive) -> str:
        """Why the body was not received; "" if it was."""
        length = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" in environ:
            return "length_required"
        if not length.isdecimal() or int(length) == 0:
            return ""
        if refusal := environ.get(REFUSED):
            return str(refusal)
        if int(length) > self.body_limit(path):
            return "too_large"
        try:
            await body.receive(receive, int(length))
        except BodyError as error:
            return error.reason
        return ""

    async def _run_in_thread(self, environ: Environ) -> Response:
        pieces = Pieces()
        submitted = self.threads.submit(self._run, environ, pieces)
        result = asyncio.wrap_future(submitted)
        try:
            await asyncio.wait({result, pieces.started}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # The client has gone. A thread that runs may still read the body and open a file.
            pieces.abandoned.set()
            if not submitted.cancel():
                (await result).close()
            raise
        return pieces.started.result() if pieces.started.done() else result.result()

    def _run(self, environ: Environ, pieces: Pieces) -> Response:
        environ["wsgi.file_wrapper"] = FileWrapper
        response = Response()
        result = self.wsgi(environ, response.start)
        try:
            if response.is_event_stream and environ["REQUEST_METHOD"] != "HEAD":
                response.pieces = pieces
                pieces.begin(response)
                pieces.fill(result)
            else:
                response.read(result, method=environ["REQUEST_METHOD"])
        finally:
            if close := getattr(result, "close", None):
                close()
        return response
