"""Processes are killed at a named point of their work, without any code of ours in them.

A lock on a table, or a stopped broker, lets a process wait exactly there; then it is killed.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.faults.target import Target, frozen, send, soon

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND query LIKE '{statement}%'"
)
_NEWEST = "SELECT count(*), max(created_at) FROM gallery_image"


def at_statement(
    role: str, table: str, statement: str, *, inner: bool = False
) -> Callable[[Target, float], None]:
    """Kill the processes of ``role`` while one of them waits to execute ``statement`` on ``table``.

    If none comes there within ``seconds``, they are killed where they are.
    """

    def strike(target: Target, seconds: float) -> None:
        with suppress(psycopg.Error), target.session(autocommit=False) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE".encode())
            waiting = _WAITING.format(statement=statement.replace("'", "''"))
            soon(lambda: target.sql(waiting)[0][0] > 0, seconds)
            send(target.inner_pids(role) if inner else target.pids(role), signal.SIGKILL)
            time.sleep(0.2)  # the sessions of the killed processes end before the lock does

    return strike


def before_the_hint(target: Target, seconds: float) -> None:
    """Kill the web server after the commit of an upload, before its message and its answer."""
    with suppress(psycopg.Error), frozen(target.pids("broker")):
        before = target.sql(_NEWEST)
        soon(lambda: target.sql(_NEWEST) != before, seconds)
        send(target.inner_pids("web"), signal.SIGKILL)


def during_a_decoding(target: Target, seconds: float) -> None:
    """Kill the workers of *derive* while they hold pictures."""
    leased = "SELECT count(*) FROM gallery_image WHERE state = 'stored' AND lease_until > now()"
    with suppress(psycopg.Error):
        soon(lambda: target.sql(leased)[0][0] > 0, seconds)
    send(target.pids("derive"), signal.SIGKILL)
