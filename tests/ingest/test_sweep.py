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
from gallery.ingest import sweep as sweeping
from gallery.ingest.derive import derive
from gallery.ingest.sweep import sweep
from gallery.models import Image, State
from tests.builders import make_image
from tests.ingest.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(**fields: Any) -> Image:
    """A stored image whose hint was lost a minute ago."""
    values = {"state": State.STORED, "next_attempt_at": Now() - timedelta(seconds=60), **fields}
    return make_image(**values)


def offered(hints: list[Hint]) -> list[str]:
    return [args[0] for stage, args in hints if stage == Stage.DERIVE]


def test_an_image_whose_hint_was_lost_is_offered_again(hints: list[Hint]) -> None:
    image = waiting()
    sweep()
    assert offered(hints) == [str(image.pk)]


def test_what_is_offered_can_be_claimed_at_once(stored: Callable[..., Image]) -> None:
    image = stored()
    Image.objects.update(next_attempt_at=Now() - timedelta(seconds=60))
    sweep()
    derive(image.pk)
    assert Image.objects.get().state == State.DERIVED


def test_a_fresh_upload_is_left_to_its_own_hint(hints: list[Hint]) -> None:
    waiting(next_attempt_at=Now())
    sweep()
    assert not hints


def test_an_image_is_not_offered_with_every_sweep(hints: list[Hint]) -> None:
    waiting()
    for _ in range(3):
        sweep()
    assert len(hints) == 1


def test_those_that_wait_longest_come_first(
    hints: list[Hint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_MOST_OFFERS", 2)
    images = [waiting(next_attempt_at=Now() - timedelta(hours=hours)) for hours in (1, 3, 2)]
    sweep()
    assert offered(hints) == [str(images[1].pk), str(images[2].pk)]
    sweep()
    assert str(images[0].pk) in offered(hints)[2:]


def test_a_lost_workers_image_is_offered_after_its_lease(hints: list[Hint]) -> None:
    image = waiting(attempts=1, lease_until=Now() - timedelta(seconds=1))
    waiting(attempts=1, lease_until=Now() + timedelta(seconds=60))
    sweep()
    assert offered(hints) == [str(image.pk)]


def test_an_image_that_has_lost_its_last_worker_is_quarantined(hints: list[Hint]) -> None:
    image = waiting(attempts=3, lease_until=Now() - timedelta(seconds=1))
    sweep()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.QUARANTINED, "decoder_crash")
    assert image.error_message
    assert not hints


def test_an_image_at_its_last_attempt_is_not_taken_from_its_worker() -> None:
    image = waiting(attempts=3, lease_until=Now() + timedelta(seconds=60))
    sweep()
    image.refresh_from_db()
    assert image.state == State.STORED


def test_one_hint_is_enough_for_all_that_wait_for_their_vectors(hints: list[Hint]) -> None:
    for _ in range(3):
        make_image(state=State.DERIVED)
    sweep()
    assert hints == [(Stage.EMBED, ())]


def test_what_is_finished_is_left_alone(hints: list[Hint]) -> None:
    for state in (State.READY, State.FAILED, State.QUARANTINED):
        make_image(state=state)
    sweep()
    assert not hints


def test_sweeps_at_the_same_time_offer_each_image_once(hints: list[Hint]) -> None:
    images = [waiting() for _ in range(40)]
    start = threading.Barrier(4)

    def run(_: int) -> None:
        start.wait()
        sweep()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert sorted(offered(hints)) == sorted(str(image.pk) for image in images)


def test_abandoned_temporary_files_are_removed(own_media: Path) -> None:
    folder = own_media / "tmp"
    folder.mkdir(parents=True)
    for name, age in (("upload-old", 7200), ("upload-young", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    sweep()
    assert [path.name for path in folder.iterdir()] == ["upload-young"]
