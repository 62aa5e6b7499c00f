"""Changing over: all at once, only when every picture is there, and back again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from gallery.embeddings.fill import fill

from gallery.embeddings import anticipate, encode, progress, spaces, switch
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader
from gallery.media.storage import preview_path
from gallery.models import Embedding, EmbeddingSpace, Fill, Image, IndexBuild, Phase, State
from gallery.operations import changeover, index_keeper
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery
from gallery.vectorindex.neighbours import nearest
from tests.embeddings.conftest import MakeDerived, MakeFound, spoil

pytestmark = pytest.mark.django_db

LONG = 600.0


def change_over() -> None:
    for _ in range(3):
        changeover.carry_on(LONG)


def phases() -> dict[str, str]:
    return {space.encoder: space.phase for space in EmbeddingSpace.objects.all()}


def test_a_choice_begins_to_fill_and_the_old_space_goes_on_answering(
    space: EmbeddingSpace, make_found: MakeFound
) -> None:
    make_found(2)
    other = spaces.choose("two")
    assert spaces.active() == space
    assert (other.phase, spaces.filling()) == (Phase.FILLING, other)
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}


def test_a_choice_counts_at_once_while_there_are_no_vectors(space: EmbeddingSpace) -> None:
    other = spaces.choose("two")
    assert spaces.active() == other
    assert phases() == {"one": "kept", "two": "active"}


def test_the_same_choice_again_changes_nothing(make_found: MakeFound) -> None:
    make_found(6)
    other = spaces.choose("two")
    fill(0)
    switch.pause(other)
    assert spaces.choose("two").phase == Phase.PAUSED
    assert progress.of(other).embedded == 4


def test_a_third_choice_takes_the_place_of_the_second(
    make_found: MakeFound, site_models: Path
) -> None:
    make_found(6)
    other = spaces.choose("two")
    fill(0)
    (site_models / "two").rename(site_models / "three")
    spoil(site_models / "three")
    third = spaces.choose("three")
    assert phases() == {"one": "active", "two": "kept", "three": "filling"}
    assert spaces.filling() == third
    assert Embedding.objects.filter(space=other).count() == 4


def test_the_switch_comes_by_itself_when_every_picture_is_there(
    space: EmbeddingSpace, make_found: MakeFound, at_once: None
) -> None:
    images = make_found(6)
    other = spaces.choose("two")
    change_over()
    assert spaces.active() == other
    assert phases() == {"one": "kept", "two": "active"}
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    query = encode.text_vector(other, "green")
    found = nearest(other, query, within=None, limit=10)
    assert {each.image_id for each in found} == {image.pk for image in images}
    vector = np.asarray(Embedding.objects.get(image_id=found[0].image_id, space=other).vector)
    assert found[0].distance == pytest.approx(1 - float(vector @ query), abs=1e-5)
    assert Embedding.objects.filter(space=space).count() == 6


def test_the_switch_gives_other_processes_time_to_load_the_encoder(make_found: MakeFound) -> None:
    make_found(2)
    other = spaces.choose("two")
    assert anticipate.load_next() is None
    change_over()
    assert not EmbeddingSpace.objects.get(pk=other.pk).active
    assert anticipate.load_next() == other
    EmbeddingSpace.objects.update(full_at=Now() - anticipate.GRACE)
    change_over()
    assert spaces.active() == other
    assert anticipate.load_next() is None


def test_without_switch_the_space_is_filled_and_waits(make_found: MakeFound, at_once: None) -> None:
    make_found(2)
    other = spaces.choose("two", switch_when_full=False)
    change_over()
    assert phases() == {"one": "active", "two": "filling"}
    assert progress.of(other).percent == 100.0
    assert switch.switch(other).active


def test_a_space_with_gaps_is_refused(make_found: MakeFound) -> None:
    make_found(6)
    other = spaces.choose("two")
    fill(0)
    with pytest.raises(switch.NotNow, match="no vector of two yet: 2"):
        switch.switch(other)
    assert phases() == {"one": "active", "two": "filling"}


def test_an_upload_just_before_the_switch_is_filled_in_first(
    make_found: MakeFound, make_derived: MakeDerived, at_once: None
) -> None:
    make_found(2)
    other = spaces.choose("two")
    fill(LONG)
    upload = make_derived()
    embed_backlog()
    with pytest.raises(switch.NotNow):
        switch.switch(other)
    change_over()
    assert spaces.active() == other
    assert Embedding.objects.filter(image=upload, space=other).exists()


def test_a_picture_that_was_skipped_is_made_anew_after_the_switch(
    make_found: MakeFound, at_once: None
) -> None:
    image = make_found(3)[0]
    other = spaces.choose("two")
    preview_path(image.pk, "small").unlink()
    for _ in range(3):
        changeover.carry_on(LONG)
        other.fill_jobs.update(next_attempt_at=Now())
    change_over()
    assert spaces.active() == other
    Image.objects.filter(pk=image.pk).update(updated_at=Now() - timedelta(hours=1))
    embed_backlog()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.STORED, "preview_missing")


def test_a_batch_of_uploads_that_the_switch_overtakes_goes_into_the_new_space(
    make_found: MakeFound, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(1)
    other = spaces.choose("two")
    fill(LONG)
    upload = make_derived()
    encoder = loader.load("one")
    encode_images = encoder.encode_images

    def switch_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        switch.switch(other)
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", switch_meanwhile)
    assert embed_backlog() == 1
    assert [row.space for row in upload.embeddings.all()] == [other]


def test_a_search_by_a_dropped_picture_answers_after_the_switch_too(
    make_found: MakeFound, at_once: None, anonymous: AnonymousUser
) -> None:
    make_found(7)
    picture = io.BytesIO()
    PIL.Image.new("RGB", (90, 60), "green").save(picture, "PNG")
    query = SearchQuery(picture=query_pictures.remember(picture.getvalue()))
    before = engine.search(query, anonymous)
    spaces.choose("two")
    change_over()
    after = engine.search(query, anonymous)
    assert (before.encoder, after.encoder) == ("one", "two")
    for page in (before, after):
        assert page.hits[0].similarity == pytest.approx(1.0, abs=0.01)


@pytest.mark.django_db(transaction=True)
def test_the_index_stands_before_the_switch(
    make_found: MakeFound, at_once: None, gallery_setting: Callable[..., None]
) -> None:
    make_found(6)
    gallery_setting(index_min_rows=5)
    other = spaces.choose("two")
    change_over()
    assert not EmbeddingSpace.objects.get(pk=other.pk).active
    index_keeper.keep()
    assert IndexBuild.objects.filter(space=other).exists()
    change_over()
    assert spaces.active() == other
    for space in EmbeddingSpace.objects.all():  # emptying the tables would leave the indexes
        index_keeper.drop(space)


def test_only_one_space_can_be_filled_and_never_the_active_one(space: EmbeddingSpace) -> None:
    rows = [
        EmbeddingSpace(encoder="x", fingerprint="x", fill=Fill.RUNNING),
        EmbeddingSpace(encoder="y", fingerprint="y", fill=Fill.PAUSED),
    ]
    for wrong in (lambda: EmbeddingSpace.objects.bulk_create(rows), lambda: _fill_active(space)):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def _fill_active(space: EmbeddingSpace) -> None:
    EmbeddingSpace.objects.filter(pk=space.pk).update(fill=Fill.RUNNING)
