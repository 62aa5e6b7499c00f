"""The database backend of the web process: its limit per statement and its pool."""

from collections.abc import Iterator
from time import monotonic, sleep

import environ
import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from searchsite.database.base import DatabaseWrapper
from searchsite.database.watch import Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseWrapper]:
    """Of a pool of two, with a limit of a second; no thread watches the server."""
    monkeypatch.setattr(Watch, "start", lambda watch: None)
    monkeypatch.setattr(DatabaseWrapper, "watches", {})
    database = environ.Env.db_url_config(settings.DATABASE_URL)
    database |= {"ENGINE": "searchsite.database", "STATEMENT_SECONDS": 1}
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 2, "timeout": 0.5}
    connection = ConnectionHandler({"default": database})["default"]
    assert isinstance(connection, DatabaseWrapper)
    yield connection
    connection.close()
    connection.close_pool()
    connection.watch.disconnect()


def select(connection: DatabaseWrapper, expression: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        (value,) = cursor.fetchone() or (None,)
    return value


def test_a_long_statement_is_cancelled(connection: DatabaseWrapper) -> None:
    began = monotonic()
    with pytest.raises(OperationalError) as caught:
        select(connection, "pg_sleep(10)")
    assert isinstance(caught.value.__cause__, psycopg.errors.QueryCanceled)
    assert monotonic() - began < 2
    assert select(connection, "1") == 1  # the connection can still be used


def test_the_server_keeps_no_setting_of_a_session(connection: DatabaseWrapper) -> None:
    """Behind a transaction pooler the workers would get it too."""
    assert select(connection, "current_setting('statement_timeout')") == "0"


def test_a_session_that_was_ended_is_replaced(connection: DatabaseWrapper) -> None:
    pid = select(connection, "pg_backend_pid()")
    connection.close()
    sleep(0.2)  # until the pool has looked at the connection that came back
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    began = monotonic()
    assert select(connection, "pg_backend_pid()") != pid
    assert monotonic() - began < 3


def test_nobody_waits_while_the_server_is_down(
    connection: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.watch.probe()
    assert select(connection, "1") == 1
    connection.close()
    monkeypatch.setattr(connection.watch, "reason", "PostgreSQL does not answer")
    began = monotonic()
    with pytest.raises(OperationalError, match="does not answer"):
        select(connection, "1")
    assert monotonic() - began < 1


def test_a_statement_ends_when_the_server_is_lost(
    connection: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection.watch, "reason", "PostgreSQL does not answer")
    began = monotonic()
    with pytest.raises(OperationalError, match="does not answer"):
        select(connection, "pg_sleep(10)")
    assert monotonic() - began < 3


def test_a_watch_follows_the_server(connection: DatabaseWrapper) -> None:
    lost: list[str] = []
    parameters = {**connection.get_connection_params(), "dbname": "missing"}
    watch = Watch(lambda: psycopg.connect(**parameters), lambda: lost.append("lost"))  # type: ignore[arg-type, return-value]
    watch.probe()
    assert (watch.reason, lost) == ("PostgreSQL does not answer", ["lost"])
    parameters["dbname"] = connection.settings_dict["NAME"]
    watch.probe()
    assert watch.reason == ""
    watch.disconnect()
