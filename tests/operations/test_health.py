from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from django.conf import LazySettings, settings
from redis import Redis

from gallery.operations.health import checks, media_folder, registry
from gallery.operations.health.background import BackgroundCheck
from gallery.operations.health.heartbeat import HeartbeatThread
from gallery.operations.health.report import not_ready, report
from tests.builders import all_processes_report
from tests.local.services import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SILENCE", 0.05)


def test_no_reason_while_all_processes_report() -> None:
    all_processes_report()
    assert report() == {}


@pytest.mark.parametrize(
    ("missing", "component"),
    [("derive", "worker derive"), ("embed", "worker embed"), ("beat", "beat")],
)
def test_a_role_without_process_is_reported(missing: str, component: str) -> None:
    all_processes_report(except_for=missing)
    assert report() == {component: "no process has reported"}


def test_one_silent_process_of_two_is_reported(impatient: None) -> None:
    registry.record("derive:first", "derive", "")
    sleep(0.1)
    all_processes_report()
    assert report()["worker derive"].startswith("1 of 2 processes silent")


def test_a_process_that_ends_is_not_expected() -> None:
    all_processes_report()
    heartbeat = HeartbeatThread("other-host", ["derive"])
    heartbeat.start()
    assert eventually(lambda: len(registry.heartbeats()) == 4, 2)
    registry.record("derive:other-host/1", "derive", media_folder.identity())  # its child
    heartbeat.stop()
    assert len(registry.heartbeats()) == 3


def test_a_worker_with_another_media_folder_is_reported() -> None:
    all_processes_report()
    registry.record("embed:host", "embed", "another id")
    assert report() == {"media": "worker embed: another media folder"}


def test_a_worker_without_media_folder_is_reported() -> None:
    all_processes_report()
    registry.record("derive:host", "derive", "")
    assert report() == {"media": "worker derive: no media folder"}


def test_a_media_folder_that_is_gone_is_reported(settings: LazySettings, tmp_path: Path) -> None:
    all_processes_report()
    (tmp_path / "a-file").touch()
    settings.MEDIA_ROOT = tmp_path / "a-file"
    assert report() == {"media": "the web server cannot read the media folder"}


def test_a_lost_redis_is_reported(settings: LazySettings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert report()["broker"] == "Redis does not answer"


def test_a_full_redis_is_reported_without_workers() -> None:
    all_processes_report()
    redis = Redis.from_url(settings.REDIS_URL, decode_responses=True)
    most = redis.config_get("maxmemory")["maxmemory"] or 0
    redis.config_set("maxmemory", 1)
    try:
        reasons = report()
    finally:
        redis.config_set("maxmemory", most)
    assert reasons["broker"].startswith("Redis takes no writes")
    assert "maxmemory" in reasons["broker"]
    assert set(reasons) == {"broker", "workers"}
    assert report() == {}


def test_searches_need_neither_workers_nor_redis(settings: LazySettings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert not_ready() == {}


def test_a_hanging_check_does_not_delay_the_answer() -> None:
    never = Event()
    check = BackgroundCheck("database", lambda: {"never": str(never.wait(3))})
    began = monotonic()
    assert check.reasons() == {"database": "not checked yet"}
    assert monotonic() - began < 1.5


def test_a_check_that_never_ends_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gallery.operations.health.background._STALE_AFTER", 0.0)
    check = BackgroundCheck("database", dict)
    assert eventually(lambda: "has not ended" in check.reasons().get("database", ""), 2)


def test_a_container_sees_its_own_heartbeat(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEARCHSITE_HEARTBEAT_FILE", str(tmp_path / "heartbeat"))
    heartbeat = HeartbeatThread("host", ["derive"])
    heartbeat.start()
    assert eventually((tmp_path / "heartbeat").exists, 2)
    heartbeat.stop()
