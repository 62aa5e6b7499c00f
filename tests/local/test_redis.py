"""The embedded Redis keeps every write, and only its owner can reach it."""

import stat

from redis import Redis
from redis.exceptions import RedisError

from searchsite.local import addresses
from tests.local.services import Services


def test_every_write_is_kept(services: Services) -> None:
    services.start_redis()
    with services.redis() as client:
        assert client.config_get("appendonly")["appendonly"] == "yes"
        assert client.config_get("appendfsync")["appendfsync"] == "everysec"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_a_full_cache_forgets_and_takes_more(services: Services) -> None:
    services.start_cache()
    with Redis.from_url(addresses.cache_url(services.var)) as client:
        most = int(client.config_get("maxmemory")["maxmemory"])
        entry = bytes(1 << 20)
        for number in range(most // len(entry) + 10):
            client.set(f"entry {number}", entry)
        assert client.get(f"entry {number}") == entry
        assert client.dbsize() < number
        assert client.config_get("appendonly")["appendonly"] == "no"


def test_data_survives_a_kill(services: Services) -> None:
    services.start_redis()
    with services.redis() as client:
        client.rpush("queue", "first", "second")
    services.kill("redis")

    def answers() -> bool:
        try:
            with services.redis() as client:
                return bool(client.lrange("queue", 0, -1) == [b"first", b"second"])
        except RedisError:
            return False

    assert services.supervisor.watch(answers, seconds=30)


def test_only_a_private_socket_is_open(services: Services) -> None:
    services.start_redis()
    socket = addresses.redis_socket(services.var)
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    with services.redis() as client:
        assert client.config_get("port")["port"] == "0"


def test_its_files_are_private(services: Services) -> None:
    services.start_redis()
    log = services.var / "redis" / "appendonly.aof"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
