import pytest

from gallery.operations import health, heartbeat

pytestmark = pytest.mark.django_db


def test_no_reason_while_all_workers_report() -> None:
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)
    assert health.report() == {}


def test_a_lost_worker_is_reported() -> None:
    heartbeat.beat("derive")
    assert list(health.report()) == ["worker embed"]


def test_a_lost_redis_is_reported(settings: object) -> None:
    settings.CACHES = {  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    assert health.report()["broker"] == "Redis does not answer"
