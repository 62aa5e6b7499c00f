"""The check in the background: slow, continued, and harmless."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from gallery.ingest.accept import accept
from gallery.jobs import states
from gallery.media import storage
from gallery.media.file_hashes import PacedReader
from gallery.models import Image, IntegrityCheck, IntegrityFinding, State
from gallery.models.locks import Lock
from gallery.operations.integrity import keeper
from tests import scenes
from tests.other_session import held_elsewhere

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)


def check() -> IntegrityCheck:
    return IntegrityCheck.objects.get()


def test_the_clock_finds_and_repairs(picture: Picture) -> None:
    lost, damaged, good = picture(1), picture(2), picture(3)
    storage.original_path(lost).unlink()
    storage.preview_path(damaged.pk, "small").write_bytes(b"no picture")
    keeper.run()
    assert [finding.image for finding in IntegrityFinding.objects.all()] == [lost]
    states_now = dict(Image.objects.values_list("pk", "state"))
    assert states_now == {lost.pk: "ready", damaged.pk: "stored", good.pk: "ready"}
    assert (check().checked, check().repaired) == (3, 1)


def test_a_round_ends_with_its_date(picture: Picture) -> None:
    picture(1)
    keeper.run()
    ended = check().completed_at
    assert ended is not None
    assert timezone.now() - ended < timedelta(minutes=1)
    keeper.run()
    assert check().completed_at == ended


def test_a_round_begins_a_week_later(picture: Picture) -> None:
    picture(1)
    keeper.run()
    IntegrityCheck.objects.update(completed_at=timezone.now() - timedelta(days=8))
    storage.original_path(Image.objects.get()).unlink()
    storage.original_path(picture(2))
    keeper.run()
    assert IntegrityFinding.objects.count() == 1


def test_findings_of_encoding_hold_nothing_up(picture: Picture) -> None:
    """The background does not encode, so it cannot confirm them."""
    first = picture(1)
    yesterday = timezone.now() - timedelta(days=2)
    IntegrityFinding.objects.create(image=first, kind="vector_foreign", checked_at=yesterday)
    lost = picture(2)
    storage.original_path(lost).unlink()
    keeper.run()
    assert IntegrityFinding.objects.filter(image=lost).exists()
    assert check().completed_at is not None


def test_a_killed_check_continues(picture: Picture) -> None:
    first, second = sorted((picture(1), picture(2)), key=lambda image: image.pk)
    keeper.run(seconds=0)
    assert (check().checked_to, check().checked) == (first.pk, 1)
    keeper.run()
    assert check().checked == 2
    assert check().completed_at is not None
    assert second.pk


def test_a_check_reads_at_its_rate(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(3 << 20))
    started = time.monotonic()
    PacedReader(rate=6 << 20).sha256(file)
    assert 0.45 < time.monotonic() - started < 2


def test_uploads_come_first(picture: Picture) -> None:
    storage.original_path(picture(1)).unlink()
    accept([scenes.plain()], owner=None)
    keeper.run()
    assert not IntegrityFinding.objects.exists()


def test_nothing_is_checked_without_rate(
    picture: Picture, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(integrity_rate=0)
    storage.original_path(picture(1)).unlink()
    keeper.run()
    assert not IntegrityFinding.objects.exists()


def test_a_paused_check_waits(picture: Picture) -> None:
    storage.original_path(picture(1)).unlink()
    states.pause(IntegrityCheck.objects.current())
    keeper.run()
    assert not IntegrityFinding.objects.exists()


def test_one_process_checks_at_a_time(picture: Picture) -> None:
    storage.original_path(picture(1)).unlink()
    with held_elsewhere(Lock.CHECK_INTEGRITY):
        keeper.run()
    assert not IntegrityFinding.objects.exists()


def test_an_unmounted_disk_is_a_problem(picture: Picture, own_media: Path) -> None:
    picture(1)
    keeper.run()
    IntegrityCheck.objects.update(completed_at=None)
    elsewhere = own_media.with_name("unmounted")
    own_media.rename(elsewhere)
    own_media.mkdir()
    keeper.run()
    assert "Is its disk mounted" in check().problem
    assert not IntegrityFinding.objects.exists()
    assert Image.objects.get().state == State.READY
    own_media.rmdir()
    elsewhere.rename(own_media)
    keeper.run()
    assert check().problem == ""
    assert check().completed_at is not None


def test_findings_are_confirmed_daily(picture: Picture) -> None:
    image, lost = picture(1), picture(2)
    original = storage.original_path(image)
    data = original.read_bytes()
    original.write_bytes(b"other bytes")
    storage.original_path(lost).unlink()
    keeper.run()
    original.write_bytes(data)
    keeper.run()
    assert IntegrityFinding.objects.count() == 2
    IntegrityFinding.objects.update(checked_at=timezone.now() - timedelta(days=2))
    keeper.run()
    assert [finding.image for finding in IntegrityFinding.objects.all()] == [lost]
