"""A cache server that does not answer is not waited for by every command."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from redis.exceptions import RedisError

from searchsite.redis_cache import KeptClientCache


@pytest.fixture
def silent() -> Iterator[KeptClientCache]:
    """Its server accepts connections and says nothing."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = Path(folder) / "redis.sock"
        server.bind(str(path))
        server.listen()
        yield KeptClientCache(f"unix://{path}", {"OPTIONS": {"socket_timeout": 0.3}})


def test_only_the_first_command_waits(silent: KeptClientCache) -> None:
    with pytest.raises(RedisError):
        silent.get("key")
    began = monotonic()
    for _ in range(20):
        with pytest.raises(RedisError):
            silent.set("key", 1)
    assert monotonic() - began < 2  # each would wait for 0.3 seconds


def test_the_server_is_tried_again(
    silent: KeptClientCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchsite.redis_cache.PAUSE_SECONDS", 0.0)
    for _ in range(2):
        began = monotonic()
        with pytest.raises(RedisError):
            silent.get("key")
        assert monotonic() - began > 0.2
