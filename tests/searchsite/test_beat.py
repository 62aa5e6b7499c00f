"""A scheduler that lives but sends no tasks any more is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from celery import Celery
from celery.beat import Service
from celery.schedules import schedule

from gallery.operations.health import checks, heartbeat
from searchsite import beat
from searchsite.celery import app
from tests.builders import all_processes_report
from tests.local.services import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture
def may_send(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Event]:
    """A running scheduler; it waits in the middle of a turn while the event is not set."""
    monkeypatch.setattr(checks, "SILENCE", 1.0)
    monkeypatch.setattr(heartbeat, "INTERVAL", 0.1)
    monkeypatch.setattr(beat, "STUCK_AFTER", 1.0)
    ends: list[Callable[[], None]] = []  # a process of its own would call them at its end
    monkeypatch.setattr("atexit.register", ends.append)
    event = Event()
    event.set()
    monkeypatch.setattr(beat.WatchedScheduler, "apply_entry", lambda *_, **__: event.wait(60))
    monkeypatch.setitem(app.conf.beat_schedule["sweep"], "schedule", 0.2)
    service = Service(
        app,
        max_interval=1,
        schedule_filename=str(tmp_path / "schedule"),
        scheduler_cls=app.conf.beat_scheduler,
    )
    all_processes_report(except_for="beat")
    thread = Thread(target=service.start)
    thread.start()
    yield event
    event.set()
    service.stop(wait=True)
    thread.join()
    for end in ends:
        end()


def reason() -> str:
    return checks.processes().get("beat", "")


def test_a_scheduler_that_hangs_is_reported(may_send: Event) -> None:
    assert eventually(lambda: not reason(), 5)
    may_send.clear()
    assert eventually(lambda: "1 of 1 processes silent" in reason(), 10)
    may_send.set()
    assert eventually(lambda: not reason(), 5)


def test_an_unsent_task_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    other = Celery("other", broker="redis://127.0.0.1:1", set_as_current=False)
    scheduler = beat.WatchedScheduler(other, lazy=True)
    entry = scheduler.Entry(name="sweep", task="any.task", schedule=schedule(15.0), app=other)
    scheduler.apply_entry(entry)
    lines = [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
    (line,) = lines
    assert "sweep" in line.getMessage()
    assert ("\n" in line.getMessage(), line.exc_info) == (False, None)
