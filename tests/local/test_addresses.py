"""Addresses of the embedded services, socket directories and secret files."""

import os
import stat
from pathlib import Path

import environ
import pytest

from searchsite.local import addresses, directories
from searchsite.local.errors import LocalError
from tests.local.services import Services


def test_the_settings_reader_understands_the_database_url() -> None:
    var = Path("/srv/my pictures/var")
    config = environ.Env.db_url_config(addresses.database_url(var))
    assert config["NAME"] == config["USER"] == "searchsite"
    assert config["OPTIONS"]["host"] == str(addresses.postgres_directory(var))


def test_a_long_path_moves_the_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    short, long = Path("/srv/var"), Path("/srv", "x" * 100)
    assert addresses.socket_directory(short) == short / "run"
    moved = addresses.socket_directory(long)
    assert moved.parent == Path("/tmp")
    assert moved != addresses.socket_directory(Path("/srv", "y" * 100))


def test_both_services_work_with_long_paths(var: Path) -> None:
    deep = var / ("deep" * 30)
    directories.make_var(deep)
    services = Services(deep)
    try:
        services.start_postgres()
        services.start_redis()
        assert services.sql("SELECT 1") == [(1,)]
        with services.redis() as client:
            assert client.ping()
    finally:
        services.stop()


def test_another_users_socket_directory_is_refused(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = var / "elsewhere"
    elsewhere.mkdir()
    (var / "trap").symlink_to(elsewhere)
    monkeypatch.setattr(addresses, "socket_directory", lambda _: var / "trap")
    with pytest.raises(LocalError, match="belongs to another user"):
        directories.make_socket_directories(var)


def test_secrets_are_stable_and_private(var: Path) -> None:
    first = directories.secret_file(var / "secret_key")
    assert directories.secret_file(var / "secret_key") == first
    assert len(first) >= 50
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
