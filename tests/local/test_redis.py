"""The embedded Redis is a queue on this machine's own disk, open to nobody else."""

import stat

from redis.exceptions import RedisError

from searchsite.local import addresses
from tests.local.neighbourhood import Neighbourhood


def test_it_appends_every_write_to_a_file_and_drops_nothing(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_redis()
    with neighbourhood.redis() as client:
        assert client.config_get("appendonly")["appendonly"] == "yes"
        assert client.config_get("appendfsync")["appendfsync"] == "everysec"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_data_survive_kill_9(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_redis()
    with neighbourhood.redis() as client:
        client.rpush("queue", "first", "second")
    neighbourhood.kill("redis")

    def answers() -> bool:
        try:
            with neighbourhood.redis() as client:
                return bool(client.lrange("queue", 0, -1) == [b"first", b"second"])
        except RedisError:
            return False

    assert neighbourhood.supervisor.watch(answers, seconds=30)


def test_it_listens_on_a_private_socket_only(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_redis()
    socket = addresses.redis_socket(neighbourhood.var)
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    with neighbourhood.redis() as client:
        assert client.config_get("port")["port"] == "0"


def test_its_files_are_for_the_owner_alone(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_redis()
    log = neighbourhood.var / "redis" / "appendonly.aof"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
