from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from gallery.core.dispatch import Stage
from gallery.ingest import sweep as sweep_module
from gallery.ingest.derive import derive
from gallery.ingest.sweep import sweep
from gallery.models import Image, State
from tests.builders import make_image
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(**fields: Any) -> Image:
    """A stored image whose hint was lost a minute ago."""
    values = {"state": State.STORED, "next_attempt_at": Now() - timedelta(seconds=60), **fields}
    return make_image(**values)


def hinted_ids(hints: list[Hint]) -> list[str]:
    return [args[0] for stage, args in hints if stage == Stage.DERIVE]


def test_a_lost_hint_is_sent_again(hints: list[Hint]) -> None:
    image = waiting()
    sweep()
    assert hinted_ids(hints) == [str(image.pk)]


def test_a_hinted_image_can_be_claimed(stored: Callable[..., Image]) -> None:
    image = stored()
    Image.objects.update(next_attempt_at=Now() - timedelta(seconds=60))
    sweep()
    derive(image.pk)
    assert Image.objects.get().state == State.DERIVED


def test_a_new_upload_is_not_hinted_again(hints: list[Hint]) -> None:
    waiting(next_attempt_at=Now())
    sweep()
    assert not hints


def test_an_image_is_not_hinted_every_sweep(hints: list[Hint]) -> None:
    waiting()
    for _ in range(3):
        sweep()
    assert len(hints) == 1


def test_longest_waiting_images_come_first(
    hints: list[Hint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_module, "MAX_HINTS", 2)
    images = [waiting(next_attempt_at=Now() - timedelta(hours=hours)) for hours in (1, 3, 2)]
    sweep()
    assert hinted_ids(hints) == [str(images[1].pk), str(images[2].pk)]
    sweep()
    assert str(images[0].pk) in hinted_ids(hints)[2:]


def test_an_expired_lease_is_hinted_again(hints: list[Hint]) -> None:
    image = waiting(attempts=1, lease_until=Now() - timedelta(seconds=1))
    waiting(attempts=1, lease_until=Now() + timedelta(seconds=60))
    sweep()
    assert hinted_ids(hints) == [str(image.pk)]


def test_losing_the_last_worker_quarantines_the_image(hints: list[Hint]) -> None:
    image = waiting(attempts=3, lease_until=Now() - timedelta(seconds=1))
    sweep()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.QUARANTINED, "decoder_crash")
    assert image.error_message
    assert not hints


def test_a_worker_keeps_its_last_attempt() -> None:
    image = waiting(attempts=3, lease_until=Now() + timedelta(seconds=60))
    sweep()
    image.refresh_from_db()
    assert image.state == State.STORED


def test_one_embed_hint_serves_all_images(hints: list[Hint]) -> None:
    for _ in range(3):
        make_image(state=State.DERIVED)
    sweep()
    assert hints == [(Stage.EMBED, ())]


def test_finished_images_are_not_hinted(hints: list[Hint]) -> None:
    for state in (State.READY, State.FAILED, State.QUARANTINED):
        make_image(state=state)
    sweep()
    assert not hints


def test_parallel_sweeps_hint_each_image_once(hints: list[Hint]) -> None:
    images = [waiting() for _ in range(40)]
    start = threading.Barrier(4)

    def run(_: int) -> None:
        start.wait()
        sweep()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert sorted(hinted_ids(hints)) == sorted(str(image.pk) for image in images)


def test_abandoned_temporary_files_are_removed(own_media: Path) -> None:
    folder = own_media / "tmp"
    folder.mkdir(parents=True)
    for name, age in (("upload-old", 7200), ("upload-new", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    sweep()
    assert [path.name for path in folder.iterdir()] == ["upload-new"]
