"""A second space is backfilled while the first one answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.db.models.functions import Now

from gallery.changeover import control
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.embeddings.coverage import coverage_of, without_vector
from gallery.ingest import change
from gallery.jobs import scan
from gallery.media.storage import preview_path
from gallery.models import BackfillItem, Embedding, EmbeddingSpace, Image, SpaceBackfill, State
from gallery.operations import polling
from tests.embeddings.conftest import MakeDerived, MakeSearchable, count_encoded
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db

LONG = 600.0
ONE_BATCH = 0.0


def backfill_a_batch() -> bool:
    return backfill(ONE_BATCH)


def test_every_searchable_image_gets_a_new_vector(make_searchable: MakeSearchable) -> None:
    images = make_searchable(6)
    other = choose("two")
    assert backfill(LONG) is False
    encoder = load("two")
    for image in images:
        vector = np.asarray(Embedding.objects.get(image=image, space=other).vector)
        with PIL.Image.open(preview_path(image.pk, "small")) as preview:
            assert np.allclose(vector, encoder.encode_images([preview])[0], atol=1e-5)
    assert not BackfillItem.objects.exists()


def test_it_continues_while_no_message_arrives(make_searchable: MakeSearchable) -> None:
    make_searchable(2)
    other = choose("two")
    polling.poll("embed")
    assert coverage_of(other).missing == 0


def test_a_slice_ends_in_time(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    other = choose("two")
    assert backfill_a_batch() is True
    assert (coverage_of(other).embedded, coverage_of(other).missing) == (4, 2)
    assert backfill_a_batch() is True
    assert backfill_a_batch() is False


def test_no_picture_is_encoded_twice(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(6)
    choose("two")
    batches = count_encoded(monkeypatch, "two")
    while backfill_a_batch():
        backfill_a_batch()
    assert backfill(LONG) is False
    assert batches == [4, 2]


def test_the_newest_pictures_come_first(make_searchable: MakeSearchable) -> None:
    images = make_searchable(6)
    Image.objects.filter(pk=images[3].pk).update(created_at=Now() - timedelta(days=9))
    Image.objects.filter(pk=images[5].pk).update(created_at=Now() - timedelta(days=8))
    other = choose("two")
    backfill_a_batch()
    remaining = without_vector(other).values_list("pk", flat=True)
    assert set(remaining) == {images[3].pk, images[5].pk}


def test_the_scan_continues_and_later_starts_again(
    make_searchable: MakeSearchable, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "ITEMS_AT_ONCE", 4)
    make_searchable(8)
    other = choose("two")
    backfill_a_batch()
    upload = make_derived(state=State.READY, created_at=Now() + timedelta(seconds=1))
    backfill_a_batch()
    # The second scan began at an older picture.
    assert list(without_vector(other)) == [upload]
    backfill(LONG)
    assert Embedding.objects.filter(image=upload, space=other).exists()
    assert coverage_of(other).missing == 0


def test_two_workers_do_not_share_a_batch(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(6)
    choose("two")
    encoder, sizes = load("two"), list[int]()
    encode_images = encoder.encode_images

    def another_meanwhile(images: list[PIL.Image.Image]) -> Any:
        sizes.append(len(images))
        if len(sizes) == 1:
            backfill(LONG)
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", another_meanwhile)
    backfill(LONG)
    assert sizes == [4, 2]
    assert Embedding.objects.count() == 12


def test_an_item_of_a_finished_picture_is_deleted(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = make_searchable(2)
    other = choose("two")
    backfill(LONG)
    batches = count_encoded(monkeypatch, "two")
    BackfillItem.objects.create(backfill=other.backfill, image=images[0])
    backfill(LONG)
    assert batches == []
    assert not BackfillItem.objects.exists()


def test_a_paused_backfill_can_be_resumed(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(6)
    other = choose("two")
    batches = count_encoded(monkeypatch, "two")
    backfill_a_batch()
    control.pause(other)
    assert backfill(LONG) is False
    assert batches == [4]
    control.resume(other)
    backfill(LONG)
    assert batches == [4, 2]


def test_a_picture_deleted_during_encoding_leaves_nothing(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = make_searchable(3)
    other = choose("two")
    encoder = load("two")
    encode_images = encoder.encode_images

    def delete_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        change.delete(images[0])
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", delete_meanwhile)
    backfill(LONG)
    embedded = set(Embedding.objects.filter(space=other).values_list("image_id", flat=True))
    assert embedded == {images[1].pk, images[2].pk}
    assert not BackfillItem.objects.exists()


def test_pictures_deleted_meanwhile_are_no_problem(make_searchable: MakeSearchable) -> None:
    images = make_searchable(6)
    other = choose("two")
    backfill_a_batch()
    change.delete(Image.objects.filter(pk__in=[image.pk for image in images]))
    assert backfill(LONG) is False
    assert (coverage_of(other).total, BackfillItem.objects.count()) == (0, 0)


def test_an_upload_meanwhile_gets_both_vectors(
    space: EmbeddingSpace, make_searchable: MakeSearchable, make_derived: MakeDerived
) -> None:
    make_searchable(6)
    other = choose("two")
    backfill_a_batch()
    upload = make_derived()
    backfill_a_batch()
    upload.refresh_from_db()
    assert upload.state == State.READY
    assert Embedding.objects.filter(image=upload, space=space).exists()
    backfill(LONG)
    assert Embedding.objects.filter(image=upload, space=other).exists()


def test_unprocessed_pictures_do_not_count(
    make_searchable: MakeSearchable, make_derived: MakeDerived
) -> None:
    make_searchable(1)
    make_derived(state=State.FAILED)
    make_derived(next_attempt_at=Now() + timedelta(hours=1))
    other = choose("two")
    backfill(LONG)
    assert (coverage_of(other).embedded, coverage_of(other).total) == (1, 1)


def test_the_time_left_follows_the_pace(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    other = choose("two")
    SpaceBackfill.objects.update(counted_at=Now() - timedelta(seconds=20), missing=6)
    backfill_a_batch()
    other.refresh_from_db()
    assert other.backfill.pace == pytest.approx(0.2, rel=0.1)
    assert coverage_of(other).seconds_left == pytest.approx(10, abs=1)
    control.pause(other)
    other.refresh_from_db()
    assert coverage_of(other).seconds_left is None
