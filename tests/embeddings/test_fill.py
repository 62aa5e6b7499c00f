"""A second space is filled while the first one answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.db.models.functions import Now
from gallery.embeddings.fill import fill

from gallery.embeddings import fill_jobs, progress, spaces, switch
from gallery.encoders import loader
from gallery.ingest import change
from gallery.media.storage import preview_path
from gallery.models import Embedding, EmbeddingSpace, FillJob, Image, State
from tests.embeddings.conftest import MakeDerived, MakeFound, count_encoded

pytestmark = pytest.mark.django_db

LONG = 600.0
ONE_BATCH = 0.0


def fill_a_batch() -> bool:
    return fill(ONE_BATCH)


def test_every_searchable_image_gets_the_new_encoders_vector(make_found: MakeFound) -> None:
    images = make_found(6)
    other = spaces.choose("two")
    assert fill(LONG) is False
    encoder = loader.load("two")
    for image in images:
        vector = np.asarray(Embedding.objects.get(image=image, space=other).vector)
        with PIL.Image.open(preview_path(image.pk, "small")) as preview:
            assert np.allclose(vector, encoder.encode_images([preview])[0], atol=1e-5)
    assert not FillJob.objects.exists()


def test_a_slice_ends_in_time_and_says_that_there_is_more(make_found: MakeFound) -> None:
    make_found(6)
    other = spaces.choose("two")
    assert fill_a_batch() is True
    assert (progress.of(other).embedded, progress.of(other).missing) == (4, 2)
    assert fill_a_batch() is True
    assert fill_a_batch() is False


def test_no_picture_is_encoded_twice_however_often_it_is_interrupted(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(6)
    spaces.choose("two")
    batches = count_encoded(monkeypatch, "two")
    while fill_a_batch():
        fill_a_batch()
    assert fill(LONG) is False
    assert batches == [4, 2]


def test_the_newest_pictures_come_first(make_found: MakeFound) -> None:
    images = make_found(6)
    Image.objects.filter(pk=images[3].pk).update(created_at=Now() - timedelta(days=9))
    Image.objects.filter(pk=images[5].pk).update(created_at=Now() - timedelta(days=8))
    other = spaces.choose("two")
    fill_a_batch()
    lacking = progress.without_vector(other).values_list("pk", flat=True)
    assert set(lacking) == {images[3].pk, images[5].pk}


def test_the_look_for_pictures_goes_on_where_it_ended_and_begins_again_for_what_came_since(
    make_found: MakeFound, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_jobs, "_JOBS", 4)
    make_found(8)
    other = spaces.choose("two")
    fill_a_batch()
    upload = make_derived(state=State.READY, created_at=Now() + timedelta(seconds=1))
    fill_a_batch()
    # The second look began below it.
    assert list(progress.without_vector(other)) == [upload]
    fill(LONG)
    assert Embedding.objects.filter(image=upload, space=other).exists()
    assert progress.of(other).missing == 0


def test_another_worker_does_not_take_what_one_has_in_hand(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(6)
    spaces.choose("two")
    encoder, sizes = loader.load("two"), list[int]()
    encode_images = encoder.encode_images

    def another_meanwhile(images: list[PIL.Image.Image]) -> Any:
        sizes.append(len(images))
        if len(sizes) == 1:
            fill(LONG)
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", another_meanwhile)
    fill(LONG)
    assert sizes == [4, 2]
    assert Embedding.objects.count() == 12


def test_a_job_made_for_a_finished_picture_costs_nothing(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = make_found(2)
    other = spaces.choose("two")
    fill(LONG)
    batches = count_encoded(monkeypatch, "two")
    FillJob.objects.create(space=other, image=images[0])
    fill(LONG)
    assert batches == []
    assert not FillJob.objects.exists()


def test_pausing_stops_the_filling_and_resuming_goes_on(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(6)
    other = spaces.choose("two")
    batches = count_encoded(monkeypatch, "two")
    fill_a_batch()
    switch.pause(other)
    assert fill(LONG) is False
    assert batches == [4]
    switch.resume(other)
    fill(LONG)
    assert batches == [4, 2]


def test_a_picture_deleted_while_it_is_encoded_leaves_nothing(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = make_found(3)
    other = spaces.choose("two")
    encoder = loader.load("two")
    encode_images = encoder.encode_images

    def delete_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        change.delete(images[0])
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", delete_meanwhile)
    fill(LONG)
    filled = set(Embedding.objects.filter(space=other).values_list("image_id", flat=True))
    assert filled == {images[1].pk, images[2].pk}
    assert not FillJob.objects.exists()


def test_a_picture_deleted_before_its_turn_does_not_stop_the_rest(make_found: MakeFound) -> None:
    images = make_found(6)
    other = spaces.choose("two")
    fill_a_batch()
    change.delete(Image.objects.filter(pk__in=[image.pk for image in images]))
    assert fill(LONG) is False
    assert (progress.of(other).total, FillJob.objects.count()) == (0, 0)


def test_an_upload_meanwhile_is_found_at_once_and_filled_in_later(
    space: EmbeddingSpace, make_found: MakeFound, make_derived: MakeDerived
) -> None:
    make_found(6)
    other = spaces.choose("two")
    fill_a_batch()
    upload = make_derived()
    fill_a_batch()
    upload.refresh_from_db()
    assert upload.state == State.READY
    assert Embedding.objects.filter(image=upload, space=space).exists()
    fill(LONG)
    assert Embedding.objects.filter(image=upload, space=other).exists()


def test_pictures_still_on_their_way_are_no_part_of_the_coverage(
    make_found: MakeFound, make_derived: MakeDerived
) -> None:
    make_found(1)
    make_derived(state=State.FAILED)
    make_derived(next_attempt_at=Now() + timedelta(hours=1))
    other = spaces.choose("two")
    fill(LONG)
    assert (progress.of(other).embedded, progress.of(other).total) == (1, 1)


def test_the_time_left_follows_the_pace(make_found: MakeFound) -> None:
    make_found(6)
    other = spaces.choose("two")
    EmbeddingSpace.objects.filter(pk=other.pk).update(
        counted_at=Now() - timedelta(seconds=20), missing=6
    )
    fill_a_batch()
    other.refresh_from_db()
    assert other.pace == pytest.approx(0.2, rel=0.1)
    assert progress.of(other).seconds_left == pytest.approx(10, abs=1)
    switch.pause(other)
    other.refresh_from_db()
    assert progress.of(other).seconds_left is None
