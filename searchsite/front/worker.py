"""Gunicorn's worker for the web process: an event loop holds the connections (decision 0014)."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

from searchsite.configuration import env
from searchsite.front.header_limits import HeaderLimits

# How much of a body or of further requests a connection keeps until it is taken, and how much is
# read at a time. Gunicorn and asyncio have 256 KB each. Large bodies arrive faster with more.
_UNREAD_BYTES = 32 << 10
# How long a client may take for the last piece of a response.
CLOSE_SECONDS = 30.0
# Without a limit, the kernel takes up to 4 MB of a response from us for each slow reader. This one
# is for bytes that have not been sent yet, so it does not slow a quick client on a long line.
_UNSENT_BYTES = 128 << 10


class DeadlineProtocol(ASGIProtocol):  # type: ignore[misc]
    """A connection that is closed if it sends no complete header within ``keepalive`` seconds.

    Gunicorn has this deadline only for the second and later requests of a connection, and its ASGI
    worker does not limit the number of connections. Its limits of memory for one connection are
    too high for thousands of them.
    """

    def __init__(self, worker: BufferingWorker) -> None:
        super().__init__(worker)
        self._header_limits = HeaderLimits()
        self._max_buffer_size = _UNREAD_BYTES
        self._abort_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        # The size of one read, an attribute of asyncio's transports for sockets.
        transport.max_size = _UNREAD_BYTES  # type: ignore[attr-defined]
        super().connection_made(transport)
        if sys.platform == "linux":
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        self.worker.connections[self] = None
        self._arm_keepalive_timer()
        if self.worker.nr_conns > self.worker.cfg.worker_connections:
            self.worker.drop_one(newest=self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.worker.connections.pop(self, None)
        self._cancel_abort()
        super().connection_lost(exc)

    def _setup_callback_parser(self) -> None:
        super()._setup_callback_parser()
        self._callback_parser._on_header = self._header_limits.add

    def _on_headers_complete(self) -> bool:
        self._header_limits.start()
        return bool(super()._on_headers_complete())

    @property
    def is_idle(self) -> bool:
        """Whether the client has not sent a complete header yet."""
        return bool(self._awaiting_request)

    def close(self) -> None:
        self._keepalive_timeout()

    def _close_transport(self) -> None:
        super()._close_transport()
        # A closed transport keeps the connection while the client does not take the last piece.
        if self.transport is not None and self.transport.get_write_buffer_size():
            self._cancel_abort()
            self._abort_timer = self.worker.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def _cancel_abort(self) -> None:
        """A transport that has been closed cannot be aborted."""
        if self._abort_timer is not None:
            self._abort_timer.cancel()


class BufferingWorker(gasgi.ASGIWorker):  # type: ignore[misc]
    """Runs a WSGI application in threads, which get complete requests and wait for no client."""

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Gunicorn's ASGI worker warns that it ignores ``threads``; this one uses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order of their arrival.
        self.connections: dict[DeadlineProtocol, None] = {}

    def drop_one(self, newest: DeadlineProtocol) -> None:
        """Close the oldest connection without a request, else the newest one."""
        others = (one for one in self.connections if one.is_idle and one is not newest)
        next(others, newest).transport.abort()

    def init_process(self) -> None:
        _allow_open_files()
        gasgi.ASGIProtocol = DeadlineProtocol
        super().init_process()

    def load_wsgi(self) -> None:
        wsgi = self.app.wsgi()
        # Imported after the application, because they read Django's settings.
        from gallery.core.body_limits import body_limit_at
        from gallery.core.visitor import client_address
        from searchsite.front.application import Front
        from searchsite.front.body_space import BodySpace
        from searchsite.front.client_requests import ClientRequests

        self.asgi: Any = Front(
            wsgi=wsgi,
            threads=ThreadPoolExecutor(self.cfg.threads, thread_name_prefix="request"),
            client_of=client_address,
            requests=ClientRequests(max(1, self.cfg.worker_connections // 4)),
            space=BodySpace(env.size("SEARCHSITE_BODY_SPACE", 1 << 30)),
            body_limit=body_limit_at,
        )

    async def _shutdown(self) -> None:
        # Gunicorn waits for all connections; those without a request have nothing to finish.
        for connection in [one for one in self.connections if one.is_idle]:
            connection.close()
        await super()._shutdown()


def _allow_open_files() -> None:
    """Each connection needs a descriptor, and its file or body another one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        logging.getLogger(__name__).warning("the process may open only %d files", soft)
