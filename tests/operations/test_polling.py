"""Workers finish uploads although no message reaches them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.changeover.choose import choose
from gallery.ingest.accept import accept
from gallery.ingest.imports import create
from gallery.models import Image, State
from gallery.operations import polling
from tests import scenes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def upload(owner: User) -> Image:
    choose("builtin")
    return accept(io.BytesIO(scenes.plain()), owner=owner).image


def state(image: Image) -> str:
    image.refresh_from_db()
    return image.state


def test_an_upload_becomes_searchable_without_messages(upload: Image) -> None:
    polling.poll("derive")
    assert state(upload) == State.DERIVED
    polling.poll("embed")
    assert state(upload) == State.READY


def test_an_import_goes_on_without_messages(owner: User, tmp_path: Path) -> None:
    (tmp_path / "boat.png").write_bytes(scenes.plain())
    create.create(tmp_path, owner, create.ImportOptions())
    polling.poll("derive")
    assert Image.objects.get().file_name == "boat.png"


def test_lost_images_are_left_to_the_sweep(upload: Image) -> None:
    Image.objects.update(attempts=100)
    polling.poll("derive")
    assert state(upload) == State.STORED


def test_a_silent_broker_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("gallery.operations.polling.time.monotonic", lambda: clock[0])
    polling.message_received()
    clock[0] += polling.SILENCE_SECONDS - 1
    assert not polling.is_silent(is_busy=False)
    clock[0] += 2
    assert polling.is_silent(is_busy=False)
    assert not polling.is_silent(is_busy=True)
    polling.message_received()
    assert not polling.is_silent(is_busy=False)
