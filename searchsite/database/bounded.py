"""A connection on which no request waits longer than a limit, whatever the server does."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.rows import TupleRow

# Seconds. A waiting connection looks at its limit at this interval.
_INTERVAL = 0.1
# For the server to confirm that it has cancelled a statement.
_GRACE = 1.0


class BoundedConnection(psycopg.Connection[TupleRow]):
    """Cancels a statement after ``limit`` seconds; the server answers with SQLSTATE 57014.

    If the server does not react to that within a second, or as soon as ``down`` gives a reason, the
    connection is closed and the statement raises OperationalError. The limit is kept on this side
    because ``statement_timeout`` belongs to a session: behind a transaction pooler, sessions are
    shared with the workers. A ``limit`` of 0 means none.
    """

    limit: float = 0.0
    cancels: bool = True  # otherwise closes the connection at the limit
    down: Callable[[], str] = staticmethod(lambda: "")

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL, timeout: float | None = None) -> RV:
        return super().wait(self._bounded(gen), interval, timeout)

    def _bounded(self, gen: PQGen[RV]) -> PQGen[RV]:
        """The same steps as ``gen``; psycopg sends 0 when nothing has come for ``interval``."""
        deadline = monotonic() + self.limit if self.limit else float("inf")
        is_cancelled = False
        ready: Any = None
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready:
                    self._require_server()
                    if monotonic() > deadline:
                        self._cancel_or_close(is_cancelled or not self.cancels)
                        is_cancelled, deadline = True, monotonic() + _GRACE
                wanted = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value

    def _require_server(self) -> None:
        if reason := self.down():
            self.close()
            raise psycopg.OperationalError(reason)

    def _cancel_or_close(self, close: bool) -> None:
        if not close:
            self._try_cancel(timeout=_GRACE)
            return
        self.close()
        raise psycopg.OperationalError("PostgreSQL does not react to the end of a statement")
