from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from gallery.core.dispatch import Stage
from gallery.core.errors import CorruptImage, DecoderCrash, StorageUnavailable, TooExpensive
from gallery.ingest import change
from gallery.ingest.derive import derive
from gallery.media import decode, storage
from gallery.media.previews import SIZES
from gallery.models import Image, State
from tests import hostile, scenes
from tests.ingest.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]
Files = Callable[[], list[Path]]


def again(image: Image, times: int = 1) -> Image:
    """Derive although the pause after the last attempt is not over."""
    for _ in range(times):
        Image.objects.filter(pk=image.pk).update(next_attempt_at=Now())
        derive(image.pk)
    image.refresh_from_db()
    return image


def test_a_stored_image_becomes_derived(derived: Make, hints: list[Hint]) -> None:
    image = derived(scenes.photo(size=(60, 40)))
    assert (image.state, image.attempts, image.lease_until) == (State.DERIVED, 0, None)
    assert (image.width, image.height, len(image.colour)) == (60, 40, 7)
    assert all(storage.preview_path(image.pk, size).is_file() for size in SIZES)
    assert hints[-1] == (Stage.EMBED, ())


def test_only_original_and_previews_remain(derived: Make, files: Files) -> None:
    image = derived()
    kept = {storage.original_path(image), *(storage.preview_path(image.pk, s) for s in SIZES)}
    assert set(files()) == kept


def test_what_the_camera_noted_is_kept(derived: Make) -> None:
    image = derived(hostile.jpeg_that_tells_everything())
    assert image.exif["camera"] == "Contoso X100"
    assert image.taken_at == datetime(2021, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert hostile.CANARY not in str(image.exif)


def test_a_date_that_a_person_gave_is_kept(derived: Make) -> None:
    given = datetime(1999, 1, 1, tzinfo=UTC)
    assert derived(hostile.jpeg_that_tells_everything(), taken_at=given).taken_at == given


def test_a_damaged_picture_fails_at_once_with_words(derived: Make, files: Files) -> None:
    image = derived(hostile.truncated_jpeg())
    assert (image.state, image.error_code) == (State.FAILED, CorruptImage.code)
    assert "truncated" in image.error_message
    assert files() == [storage.original_path(image)]


def test_too_many_frames_fail(derived: Make) -> None:
    assert derived(hostile.gif_of_frames(2000)).error_code == "too_many_pixels"


@pytest.mark.parametrize("error", [DecoderCrash("died"), TooExpensive("slow")])
def test_a_decoder_that_dies_is_tried_again_and_then_the_image_is_quarantined(
    error: Any, stored: Make, decoder_raises: Callable[[Exception], None]
) -> None:
    image = stored()
    decoder_raises(error)
    assert again(image).state == State.STORED
    assert (image.attempts, image.error_code) == (1, error.code)
    assert again(image, times=2).state == State.QUARANTINED
    assert image.error == {"code": error.code, "message": error.message}


def test_a_pause_between_attempts_is_kept(
    stored: Make, decoder_raises: Callable[[Exception], None]
) -> None:
    image = stored()
    decoder_raises(DecoderCrash("died"))
    derive(image.pk)
    derive(image.pk)
    image.refresh_from_db()
    assert image.attempts == 1


def test_a_real_crash_of_the_child_is_survived(
    stored: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    image = stored()
    (tmp_path / "crashing.py").write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(decode, "PROGRAM", "crashing")
    monkeypatch.setattr(decode, "_HOME", tmp_path)
    assert again(image, times=3).state == State.QUARANTINED
    assert image.error_code == DecoderCrash.code


def test_a_store_that_does_not_answer_costs_no_attempt(
    stored: Make, decoder_raises: Callable[[Exception], None]
) -> None:
    image = stored()
    decoder_raises(StorageUnavailable("not mounted"))
    assert again(image, times=5).state == State.STORED
    assert (image.attempts, image.error_code) == (0, StorageUnavailable.code)


def test_a_store_that_answers_again_heals_the_image(stored: Make, own_media: Path) -> None:
    image, away = stored(), own_media.with_name("away")
    own_media.rename(away)
    assert again(image).error_code == StorageUnavailable.code
    storage.discard(own_media)
    away.rename(own_media)
    assert again(image).state == State.DERIVED
    assert image.error is None


def test_an_image_that_somebody_works_on_is_left_alone(stored: Make) -> None:
    image = stored()
    Image.objects.update(attempts=1, lease_until=Now() + timedelta(seconds=60))
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.STORED, 1)


def test_an_image_that_is_gone_is_no_error() -> None:
    derive(str(uuid.uuid4()))


def test_deriving_twice_changes_nothing(derived: Make) -> None:
    image = derived()
    before = image.updated_at
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.updated_at) == (State.DERIVED, before)


def test_the_late_write_of_an_overtaken_worker_is_refused(stored: Make, during_decode: Any) -> None:
    """The row may count the same attempt again by then, in its next stage."""
    image, other_lease = stored(), Now() + timedelta(seconds=99)
    during_decode(lambda: Image.objects.update(state=State.READY, lease_until=other_lease))
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.attempts, image.width) == (State.READY, 1, None)


def test_an_image_deleted_while_it_is_decoded_leaves_no_file(
    stored: Make, during_decode: Any, files: Files
) -> None:
    image = stored()
    during_decode(lambda: change.delete(image))
    derive(image.pk)
    assert not files()


@pytest.fixture
def during_decode(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Lets something happen between decoding and the worker's own write."""

    def install(happen: Callable[[], Any]) -> None:
        real = decode.decode

        def decode_slowly(*args: Any) -> decode.Decoded:
            result = real(*args)
            happen()
            return result

        monkeypatch.setattr(decode, "decode", decode_slowly)

    return install
