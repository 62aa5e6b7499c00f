"""The breaker: one thread that knows whether PostgreSQL answers, so that no request has to try."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import psycopg

from searchsite.database.bounded import BoundedConnection

log = logging.getLogger(__name__)

# Seconds. A restart of the server is noticed, and its return, at this interval.
_INTERVAL = 0.5
# Between two probes that failing requests have caused.
_SHORTEST_PAUSE = 0.05
# A server that is silent for so long counts as down, even if it still accepts connections.
SILENCE = 2.0


class Watch:
    """Probes the server twice a second over a connection of its own.

    ``reason`` says why the server counts as down, and is empty while it answers. When the
    connection is lost, ``on_loss`` is called: other connections are then lost too.
    """

    def __init__(self, connect: Callable[[], BoundedConnection], on_loss: Callable[[], None]):
        self.reason = ""
        self._connect, self._on_loss = connect, on_loss
        self._connection: BoundedConnection | None = None
        self._lost_at = 0.0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._suspected = threading.Event()

    def start(self) -> None:
        """Start the thread, once in each process; a thread does not survive a fork."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="db-watch")
                self._thread.start()

    def suspect(self) -> None:
        """Probe now: a request could not get a connection."""
        self._suspected.set()

    def probe(self) -> None:
        was_connected = self._connection is not None
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.execute(b"SELECT 1")
        except psycopg.Error as error:
            self.disconnect()
            if error.sqlstate == psycopg.errors.TooManyConnections.sqlstate:
                self._mark_up()  # other connections work
            else:
                self._mark_down(str(error))
            if was_connected:
                self.probe()  # it may have been restarted, or only this session was ended
        else:
            self._mark_up()

    def _run(self) -> None:
        while True:
            self.probe()
            self._suspected.wait(_INTERVAL - _SHORTEST_PAUSE)
            threading.Event().wait(_SHORTEST_PAUSE)
            self._suspected.clear()

    def disconnect(self) -> None:
        """The next probe connects again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _mark_down(self, message: str) -> None:
        if self.reason:
            return
        self._lost_at = monotonic()
        self.reason = "PostgreSQL does not answer"
        log.error("PostgreSQL does not answer, requests get status 503: %s", message)
        self._on_loss()

    def _mark_up(self) -> None:
        if self.reason:
            self.reason = ""
            log.warning("PostgreSQL answers again after %.1f s", monotonic() - self._lost_at)
