from __future__ import annotations

from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from gallery.core.dispatch import Stage, hint
from tests.conftest import Hint

pytestmark = pytest.mark.django_db


def test_every_stage_has_a_registered_task() -> None:
    current_app.loader.import_default_modules()
    assert {str(stage) for stage in Stage} <= set(current_app.tasks)


def test_a_hint_is_sent_after_commit(
    hints: list[Hint], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        hint(Stage.DERIVE, "1")
        assert hints == []
    assert hints == [(Stage.DERIVE, ("1",))]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_sends_nothing(hints: list[Hint]) -> None:
    with transaction.atomic():
        hint(Stage.DERIVE, "1")
        transaction.set_rollback(True)
    assert hints == []


@pytest.mark.django_db(transaction=True)
def test_a_lost_broker_is_only_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Celery("lost", broker="redis+socket:///nowhere/redis.sock", set_as_current=False)
    lost.conf.broker_transport_options = current_app.conf.broker_transport_options
    monkeypatch.setattr(
        "gallery.core.dispatch.signature", lambda name, args: lost.signature(name, args=args)
    )
    monkeypatch.setattr("gallery.core.dispatch.PAUSE_SECONDS", 0.0)
    hint(Stage.SWEEP)
    assert "hint gallery.sweep() was not sent" in caplog.text
