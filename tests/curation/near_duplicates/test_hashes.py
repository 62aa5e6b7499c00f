"""The perceptual hashes of pictures: computed with the previews, and later for old pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from gallery.core.dispatch import Stage
from gallery.curation.near_duplicates import find
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media import storage
from gallery.models import Image, State
from tests import scenes
from tests.builders import make_image
from tests.conftest import Hint
from tests.embeddings.conftest import MakeDerived

pytestmark = pytest.mark.django_db(transaction=True)


def hash_of(image: Image) -> int | None:
    image.refresh_from_db()
    return image.perceptual_hash


def test_a_new_picture_gets_its_hash() -> None:
    image = accept([scenes.photo()], owner=None).image
    derive(image.pk)
    smaller = accept([scenes.photo(size=(60, 40))], owner=None).image
    derive(smaller.pk)
    value = hash_of(image)
    assert value is not None
    assert set(Image.objects.perceptually_near(value, distance=4)) == {image, smaller}
    assert not Image.objects.perceptually_near(~value, distance=4).exists()


def test_old_pictures_get_theirs_in_the_background(
    make_derived: MakeDerived, hints: list[Hint]
) -> None:
    images = [make_derived(state=State.READY) for _ in range(3)]
    changed = images[0].updated_at
    find.run()
    assert all(hash_of(image) is not None for image in images)
    assert images[0].updated_at == changed


def test_a_lost_preview_does_not_keep_others_waiting(make_derived: MakeDerived) -> None:
    lost, image = make_image(), make_derived()
    for _ in range(100):  # each begins at a random key
        find.run(seconds=0)
    assert hash_of(lost) is None
    assert hash_of(image) is not None


def test_a_picture_without_a_preview_ends_the_slice(hints: list[Hint]) -> None:
    make_image()
    find.run()
    assert hints == []


def test_a_slice_that_ends_hints_the_next_one(make_derived: MakeDerived, hints: list[Hint]) -> None:
    make_derived()
    find.run(seconds=0)
    assert hints == [(Stage.FIND_NEAR_DUPLICATES, ())]


def test_uploads_are_processed_first(make_derived: MakeDerived, own_media: Path) -> None:
    image = make_derived()
    upload = accept([scenes.photo()], owner=None).image
    find.run()
    assert hash_of(image) is None
    derive(upload.pk)
    storage.preview_path(upload.pk, "small").unlink()
    find.run()
    assert hash_of(image) is not None
