"""Every process of a site computes the same addresses from the same path."""

import os
import stat
from pathlib import Path

import environ
import pytest
from redis import ConnectionPool

from searchsite.local import addresses, directories
from searchsite.local.directories import LocalError
from tests.local.neighbourhood import Neighbourhood


def test_the_database_url_is_understood_by_the_settings_reader() -> None:
    config = environ.Env.db_url_config(addresses.database_url(Path("/srv/my pictures/var")))
    assert config["NAME"] == config["USER"] == "searchsite"
    assert config["OPTIONS"]["host"] == str(
        addresses.postgres_directory(Path("/srv/my pictures/var"))
    )


def test_clearing_the_cache_leaves_the_queue_alone() -> None:
    pool = ConnectionPool.from_url(addresses.cache_url("unix:///s.sock?db=0"))
    assert (pool.connection_kwargs["path"], pool.connection_kwargs["db"]) == ("/s.sock", 1)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://host:6379/0", "redis://host:6379?db=1"),
        ("rediss://:secret@host:6379", "rediss://:secret@host:6379?db=1"),
        ("redis://host:6379/3", "redis://host:6379?db=4"),
    ],
)
def test_a_redis_elsewhere_has_the_next_database_as_its_cache(url: str, expected: str) -> None:
    assert addresses.cache_url(url) == expected


def test_celery_gets_its_own_spelling_of_a_socket() -> None:
    broker = addresses.broker_url("unix:///run/redis.sock?db=2")
    assert broker == "redis+socket:///run/redis.sock?virtual_host=2"
    assert addresses.broker_url("redis://host:6379/0") == "redis://host:6379/0"


def test_a_path_too_long_for_a_socket_moves_the_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    short, long = Path("/srv/var"), Path("/srv", "x" * 100)
    assert addresses.socket_directory(short) == short / "run"
    moved = addresses.socket_directory(long)
    assert moved.parent == Path("/tmp")
    assert moved != addresses.socket_directory(Path("/srv", "y" * 100))


def test_a_site_with_a_long_path_answers_on_both_services(var: Path) -> None:
    deep = var / ("deep" * 30)
    directories.make_var(deep)
    house = Neighbourhood(deep)
    try:
        house.start_postgres()
        house.start_redis()
        assert house.sql("SELECT 1") == [(1,)]
        with house.redis() as client:
            assert client.ping()
    finally:
        house.close()


def test_a_socket_directory_of_somebody_else_is_refused(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = var / "elsewhere"
    elsewhere.mkdir()
    (var / "trap").symlink_to(elsewhere)
    monkeypatch.setattr(addresses, "socket_directory", lambda _: var / "trap")
    with pytest.raises(LocalError, match="belongs to somebody else"):
        directories.make_socket_directories(var)


def test_secrets_are_made_once_and_readable_by_their_owner_alone(var: Path) -> None:
    first = directories.secret_file(var / "secret_key")
    assert directories.secret_file(var / "secret_key") == first
    assert len(first) >= 50
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
