from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now

from gallery.core.dispatch import Stage
from gallery.core.errors import CorruptImage, DecoderCrash, StorageUnavailable, TooExpensive
from gallery.ingest import change
from gallery.ingest.derive import derive
from gallery.media import decode, storage
from gallery.media.decoders import process
from gallery.media.limits import large_pictures
from gallery.media.previews import SIZES
from gallery.models import Image, State
from tests import hostile, scenes
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]
Files = Callable[[], list[Path]]


def derive_now(image: Image, times: int = 1) -> Image:
    """Derive without waiting for the pause after the last attempt."""
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


def test_permitted_exif_is_stored(derived: Make) -> None:
    image = derived(hostile.jpeg_with_metadata())
    assert (image.camera, image.lens) == ("Contoso X100", "Contoso 35 mm f/2")
    assert image.exif == {"exposure": "1/250", "f_number": 2.8, "iso": 200, "focal_length": 35.0}
    assert image.taken_at == datetime(2021, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert hostile.CANARY not in str(image.exif)


def test_the_place_is_stored(derived: Make) -> None:
    image = derived(scenes.taken_at_place(-33.8568, 151.2153))
    assert (image.latitude, image.longitude) == (-33.8568, 151.2153)


def test_places_can_be_switched_off(derived: Make, gallery_setting: Any) -> None:
    gallery_setting(read_places=False)
    assert not derived(scenes.taken_at_place(-33.8568, 151.2153)).has_place


def test_the_colour_is_stored_in_cielab(derived: Make) -> None:
    image = derived(scenes.plain((255, 0, 0)))
    lab = (image.lightness, image.green_red, image.blue_yellow)
    assert lab == pytest.approx((53.24, 80.09, 67.20), abs=0.03)


def test_a_date_from_the_user_is_kept(derived: Make) -> None:
    date = datetime(1999, 1, 1, tzinfo=UTC)
    assert derived(hostile.jpeg_with_metadata(), taken_at=date).taken_at == date


def test_a_damaged_picture_fails_at_once(derived: Make, files: Files) -> None:
    image = derived(hostile.truncated_jpeg())
    assert (image.state, image.error_code) == (State.FAILED, CorruptImage.code)
    assert "truncated" in image.error_message
    assert files() == [storage.original_path(image)]


def test_a_half_lost_picture_is_marked_as_damaged(derived: Make) -> None:
    image = derived(hostile.half_zeroed_png())
    assert (image.state, image.damaged) == (State.DERIVED, True)
    assert not derived(scenes.photo()).damaged


def test_damaged_pictures_fail_by_setting(derived: Make, gallery_setting: Any) -> None:
    gallery_setting(damaged_pictures="refuse")
    image = derived(hostile.half_zeroed_png())
    assert (image.state, image.error_code) == (State.FAILED, CorruptImage.code)


def test_too_many_parts_fail_at_once(derived: Make) -> None:
    image = derived(hostile.tiff_of_directories(2_000))
    assert (image.state, image.error_code) == (State.FAILED, "too_many_parts")


def test_too_many_frames_fail(derived: Make) -> None:
    assert derived(hostile.gif_of_frames(2000)).error_code == "too_many_pixels"


@pytest.mark.parametrize("error", [DecoderCrash("died"), TooExpensive("slow")])
def test_repeated_decoder_crashes_quarantine_the_image(
    error: Any, stored: Make, decoder_raises: Callable[[Exception], None]
) -> None:
    image = stored()
    decoder_raises(error)
    assert derive_now(image).state == State.STORED
    assert (image.attempts, image.error_code) == (1, error.code)
    assert derive_now(image, times=2).state == State.QUARANTINED
    assert image.error == {"code": error.code, "message": error.message}


def test_the_next_attempt_waits(stored: Make, decoder_raises: Callable[[Exception], None]) -> None:
    image = stored()
    decoder_raises(DecoderCrash("died"))
    derive(image.pk)
    derive(image.pk)
    image.refresh_from_db()
    assert image.attempts == 1


def test_a_crash_of_the_child_is_survived(stored: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    image = stored()
    monkeypatch.setattr(process, "PROGRAM", "tests.media.programs.crash")
    assert derive_now(image, times=3).state == State.QUARANTINED
    assert image.error_code == DecoderCrash.code


def test_a_storage_error_costs_no_attempt(
    stored: Make, decoder_raises: Callable[[Exception], None]
) -> None:
    image = stored()
    decoder_raises(StorageUnavailable("not mounted"))
    assert derive_now(image, times=5).state == State.STORED
    assert (image.attempts, image.error_code) == (0, StorageUnavailable.code)


def test_an_image_recovers_with_its_storage(stored: Make, own_media: Path) -> None:
    image, moved = stored(), own_media.with_name("moved")
    own_media.rename(moved)
    assert derive_now(image).error_code == StorageUnavailable.code
    storage.discard(own_media)
    moved.rename(own_media)
    assert derive_now(image).state == State.DERIVED
    assert image.error is None


def test_an_image_held_by_another_is_skipped(stored: Make) -> None:
    image = stored()
    Image.objects.update(attempts=1, lease_until=Now() + timedelta(seconds=60))
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.STORED, 1)


def test_a_deleted_image_is_no_error() -> None:
    derive(str(uuid.uuid4()))


def test_deriving_twice_changes_nothing(derived: Make) -> None:
    image = derived()
    before = image.updated_at
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.updated_at) == (State.DERIVED, before)


def test_a_write_without_lease_is_refused(stored: Make, during_decode: Any) -> None:
    """``attempts`` may be the same again by then, in the next stage of the image."""
    image, other_lease = stored(), Now() + timedelta(seconds=99)
    during_decode(lambda: Image.objects.update(state=State.READY, lease_until=other_lease))
    derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.attempts, image.width) == (State.READY, 1, None)


def test_a_long_decoding_keeps_its_lease(
    stored: Make, during_decode: Any, gallery_setting: Any
) -> None:
    gallery_setting(lease_seconds=1)
    image = stored()

    def wait() -> None:
        time.sleep(1.3)
        assert not derive(image.pk)

    during_decode(wait)
    assert derive(image.pk)
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.DERIVED, 0)


def test_deleting_while_decoding_leaves_no_file(
    stored: Make, during_decode: Any, files: Files
) -> None:
    image = stored()
    during_decode(lambda: change.delete(image))
    derive(image.pk)
    assert not files()


@pytest.fixture
def during_decode(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Runs a function between the decoding and the worker's write to the row."""

    def install(action: Callable[[], Any]) -> None:
        real_decode = decode.decode

        def decode_and_act(*args: Any) -> decode.Decoded:
            result = real_decode(*args)
            action()
            return result

        monkeypatch.setattr(decode, "decode", decode_and_act)

    return install


def test_large_pictures_take_turns(stored: Make, derived: Make, settings: LazySettings) -> None:
    settings.GALLERY = {**settings.GALLERY, "large_pictures": 1}
    large = stored(hostile.bomb_png(9000))
    with large_pictures.place(large_pictures.LARGE + 1):
        waiting = derive_now(large)
        assert (waiting.state, waiting.attempts, waiting.error_code) == (State.STORED, 0, "")
        assert derived(scenes.photo()).state == State.DERIVED
    assert derive_now(large).state == State.DERIVED
