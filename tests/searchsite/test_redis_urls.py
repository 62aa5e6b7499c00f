import pytest
from redis import ConnectionPool

from searchsite.configuration.redis_urls import broker_url, next_database


def test_the_cache_has_its_own_database() -> None:
    pool = ConnectionPool.from_url(next_database("unix:///s.sock?db=0"))
    assert (pool.connection_kwargs["path"], pool.connection_kwargs["db"]) == ("/s.sock", 1)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://host:6379/0", "redis://host:6379?db=1"),
        ("rediss://:secret@host:6379", "rediss://:secret@host:6379?db=1"),
        ("redis://host:6379/3", "redis://host:6379?db=4"),
    ],
)
def test_the_cache_follows_the_queues_database(url: str, expected: str) -> None:
    assert next_database(url) == expected


def test_celery_gets_its_own_socket_url() -> None:
    broker = broker_url("unix:///run/redis.sock?db=2")
    assert broker == "redis+socket:///run/redis.sock?virtual_host=2"
    assert broker_url("redis://host:6379/0") == "redis://host:6379/0"
