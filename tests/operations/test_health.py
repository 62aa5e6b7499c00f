import pytest

from gallery.operations import health, heartbeat

pytestmark = pytest.mark.django_db


def test_all_is_well_when_every_worker_has_reported() -> None:
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)
    assert health.report() == {}


def test_a_silent_worker_is_named() -> None:
    heartbeat.beat("derive")
    assert list(health.report()) == ["worker embed"]


def test_a_silent_redis_is_named(settings: object) -> None:
    settings.CACHES = {  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    assert health.report()["broker"] == "Redis does not answer"
