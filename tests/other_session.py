"""Other sessions of the database, which hold locks or wait for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from gallery.models.locks import Lock, waiting_for


@contextmanager
def held_elsewhere(lock: Lock) -> Iterator[threading.Event]:
    """Another session holds the lock until the event is set, or the block ends."""
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with waiting_for(lock):
            is_held.set()
            may_end.wait(60)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert is_held.wait(60)
        yield may_end
    finally:
        may_end.set()
        thread.join()


def waiting_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
