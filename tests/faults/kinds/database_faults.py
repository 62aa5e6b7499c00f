"""PostgreSQL is killed, stopped at once or frozen, and sessions are ended."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psycopg

from tests.faults.target import Target, frozen, send
from tests.local.services import eventually

_RECOVERY_SECONDS = 60.0
_END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"


def kill_server(target: Target, seconds: float) -> None:
    _end(target, signal.SIGKILL)


def stop_at_once(target: Target, seconds: float) -> None:
    """Without a checkpoint (``pg_ctl stop -m immediate``): the next start recovers."""
    _end(target, signal.SIGQUIT)


def kill_session(target: Target, seconds: float) -> None:
    """The server then ends all other sessions and recovers."""
    with suppress(psycopg.Error):
        backends = [pid for (pid,) in target.sql(_BACKENDS)]
        send([target.random.choice(backends)], signal.SIGKILL)
    _wait_until_it_answers(target)


def end_sessions(target: Target, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(psycopg.Error):
            target.sql(_END_SESSIONS)
        time.sleep(0.2)


def freeze(target: Target, seconds: float) -> None:
    with frozen([*target.running_pids("postgres"), *target.inner_pids("postgres")]):
        time.sleep(seconds)
    _wait_until_it_answers(target)


def _end(target: Target, number: signal.Signals) -> None:
    send(target.running_pids("postgres"), number)
    time.sleep(0.5)
    _wait_until_it_answers(target)


def _wait_until_it_answers(target: Target) -> None:
    assert eventually(lambda: target.unfinished() is not None, _RECOVERY_SECONDS)
