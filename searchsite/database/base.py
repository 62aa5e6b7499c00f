"""Django's database backend for the web process: its pool, a breaker, and a limit per statement.

Django loads a backend by the name of its package and looks for ``DatabaseWrapper`` in ``base``.
"""

from __future__ import annotations

import select
import threading
from typing import Any, ClassVar

import psycopg
from django.db.backends.postgresql import base as postgresql
from psycopg_pool import ConnectionPool, PoolClosed

from searchsite.database.bounded import BoundedConnection
from searchsite.database.watch import SILENCE, Watch


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Raises OperationalError at once while the server is down.

    ``STATEMENT_SECONDS`` of the database's settings is the limit of each statement, 0 for none.
    """

    _connection_pools: ClassVar[dict[str, ConnectionPool[Any]]] = {}
    watches: ClassVar[dict[str, Watch]] = {}
    _pools_lock: ClassVar = threading.RLock()

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        options = settings_dict["OPTIONS"]
        pool = {**options["pool"], "connection_class": BoundedConnection}
        super().__init__({**settings_dict, "OPTIONS": {**options, "pool": pool}}, *args, **kwargs)

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        with self._pools_lock:
            pool: ConnectionPool[Any] | None = super().pool
        return pool

    @property
    def watch(self) -> Watch:
        with self._pools_lock:
            if self.alias not in self.watches:
                self.watches[self.alias] = Watch(self._connect_watch, self._drop_pool)
            return self.watches[self.alias]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.pool is None:  # the maintenance database, when tests create theirs
            return super().get_new_connection(conn_params)
        self.watch.start()
        self._require_server()
        try:
            return self._usable_connection(conn_params)
        except PoolClosed:
            # The pool was dropped meanwhile, which has ended all its connections.
            self._require_server()
            return self._usable_connection(conn_params)
        except psycopg.OperationalError:
            self.watch.suspect()
            raise

    def _require_server(self) -> None:
        if reason := self.watch.reason:
            raise psycopg.OperationalError(reason)

    def _usable_connection(self, conn_params: dict[str, Any]) -> Any:
        """Pass over the connections that the server has closed while they were idle.

        The pool's own check sends a message to the server for each request, and waits a second
        after the first closed connection.
        """
        while True:
            connection = super().get_new_connection(conn_params)
            if not _is_closed(connection):
                return connection
            connection._pool.putconn(connection)

    def _configure_connection(self, connection: Any) -> bool:
        connection.limit = self.settings_dict.get("STATEMENT_SECONDS", 0)
        watch = self.watch
        connection.down = lambda: watch.reason
        return bool(super()._configure_connection(connection))  # type: ignore[misc]

    def _connect_watch(self) -> BoundedConnection:
        parameters = {**self.get_connection_params(), "connect_timeout": SILENCE}
        connection = BoundedConnection.connect(**parameters, autocommit=True)
        connection.limit, connection.cancels = SILENCE, False
        return connection

    def _drop_pool(self) -> None:
        """The next request makes a new one, without the pauses of the old one's attempts."""
        with self._pools_lock:
            pool = self._connection_pools.pop(self.alias, None)
        if pool is not None and not pool.closed:
            pool.close(timeout=0)


def _is_closed(connection: psycopg.Connection[Any]) -> bool:
    """Without a message to the server: an idle connection has nothing to read until its end.

    The server first sends why it ends the session. One call reads that, and only the next one
    meets the end of the connection.
    """
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    try:
        while poll.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return connection.pgconn.status != psycopg.pq.ConnStatus.OK
