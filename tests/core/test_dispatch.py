from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from gallery.core.dispatch import Stage, hint

pytestmark = pytest.mark.django_db


def test_every_stage_has_a_task_registered_under_its_name() -> None:
    current_app.loader.import_default_modules()
    assert {str(stage) for stage in Stage} <= set(current_app.tasks)


def test_a_hint_is_sent_after_the_commit(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("gallery.core.dispatch._send", lambda stage, args: sent.append(stage))
    with django_capture_on_commit_callbacks(execute=True):
        hint(Stage.DERIVE, "1")
        assert sent == []
    assert sent == [Stage.DERIVE]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("gallery.core.dispatch._send", lambda stage, args: sent.append(stage))
    with transaction.atomic():
        hint(Stage.DERIVE, "1")
        transaction.set_rollback(True)
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_is_no_error_for_the_caller(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Celery("lost", broker="redis+socket:///nowhere/redis.sock", set_as_current=False)
    lost.conf.broker_transport_options = current_app.conf.broker_transport_options
    monkeypatch.setattr(
        "gallery.core.dispatch.signature", lambda name, args: lost.signature(name, args=args)
    )
    hint(Stage.SWEEP)
    assert "hint gallery.sweep() was not sent" in caplog.text
