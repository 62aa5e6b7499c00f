"""The switch: in one step, and only when every picture has its vector."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from gallery.changeover import control
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.changeover.switch import switch
from gallery.core.errors import SpaceIncomplete
from gallery.embeddings import encode, spaces
from gallery.embeddings.coverage import coverage_of
from gallery.embeddings.embed import embed_backlog
from gallery.media.storage import preview_path
from gallery.models import (
    BackfillItem,
    Embedding,
    EmbeddingSpace,
    Image,
    IndexBuild,
    SpaceBackfill,
    State,
)
from gallery.operations import index_keeper
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery, Term
from gallery.vectorindex.neighbours import nearest
from tests.builders import make_space
from tests.changeover.steps import LONG, change_over, states
from tests.embeddings.conftest import MakeDerived, MakeSearchable, upgrade
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db


def test_the_active_space_answers_during_a_backfill(
    space: EmbeddingSpace, make_searchable: MakeSearchable
) -> None:
    make_searchable(2)
    choose("two")
    assert spaces.active() == space
    assert states() == {"one": "active", "two": "backfilling"}
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}


def test_without_vectors_a_choice_takes_effect_at_once(space: EmbeddingSpace) -> None:
    other = choose("two")
    assert spaces.active() == other
    assert states() == {"one": "kept", "two": "active"}


def test_the_same_choice_again_changes_nothing(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    other = choose("two")
    backfill(0)
    control.pause(other)
    assert choose("two").state == "paused"
    assert coverage_of(other).embedded == 4


def test_a_third_choice_replaces_the_second(
    make_searchable: MakeSearchable, site_models: Path
) -> None:
    make_searchable(6)
    other = choose("two")
    backfill(0)
    (site_models / "two").rename(site_models / "three")
    upgrade(site_models / "three")
    third = choose("three")
    assert states() == {"one": "active", "two": "kept", "three": "backfilling"}
    assert SpaceBackfill.objects.get().space == third
    assert Embedding.objects.filter(space=other).count() == 4


def test_the_switch_is_automatic_when_complete(
    space: EmbeddingSpace, make_searchable: MakeSearchable
) -> None:
    images = make_searchable(6)
    other = choose("two")
    change_over()
    assert spaces.active() == other
    assert states() == {"one": "kept", "two": "active"}
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    query = encode.text_vector(other, "green")
    neighbours = nearest(other, query, within=None, limit=10)
    assert {each.image_id for each in neighbours} == {image.pk for image in images}
    vector = np.asarray(Embedding.objects.get(image_id=neighbours[0].image_id, space=other).vector)
    assert neighbours[0].distance == pytest.approx(1 - float(vector @ query), abs=1e-5)
    assert Embedding.objects.filter(space=space).count() == 6


def test_without_switching_the_complete_space_waits(make_searchable: MakeSearchable) -> None:
    make_searchable(2)
    other = choose("two", switch_when_complete=False)
    change_over()
    assert states() == {"one": "active", "two": "backfilling"}
    assert coverage_of(other).percent == 100.0
    assert switch(other).active


def test_an_incomplete_space_is_refused(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    other = choose("two")
    backfill(0)
    with pytest.raises(SpaceIncomplete, match="no vector of two yet: 2"):
        switch(other)
    assert states() == {"one": "active", "two": "backfilling"}


def test_an_upload_before_the_switch_is_embedded_first(
    make_searchable: MakeSearchable, make_derived: MakeDerived
) -> None:
    make_searchable(2)
    other = choose("two")
    backfill(LONG)
    upload = make_derived()
    embed_backlog()
    with pytest.raises(SpaceIncomplete):
        switch(other)
    change_over()
    assert spaces.active() == other
    assert Embedding.objects.filter(image=upload, space=other).exists()


def test_a_skipped_picture_is_processed_again_after_switching(
    make_searchable: MakeSearchable,
) -> None:
    image = make_searchable(3)[0]
    other = choose("two")
    preview_path(image.pk, "small").unlink()
    for _ in range(3):
        run(LONG)
        BackfillItem.objects.update(next_attempt_at=Now())
    change_over()
    assert spaces.active() == other
    embed_backlog()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.STORED, "preview_missing")


def test_uploads_during_the_switch_use_the_new_space(
    make_searchable: MakeSearchable, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(1)
    other = choose("two")
    backfill(LONG)
    upload = make_derived()
    encoder = load("one")
    encode_images = encoder.encode_images

    def switch_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        switch(other)
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", switch_meanwhile)
    assert embed_backlog() == 1
    assert [row.space for row in upload.embeddings.all()] == [other]


def test_a_dropped_picture_still_searches_after_switching(
    make_searchable: MakeSearchable, anonymous: AnonymousUser
) -> None:
    make_searchable(7)
    picture = io.BytesIO()
    PIL.Image.new("RGB", (90, 60), "green").save(picture, "PNG")
    query = SearchQuery(terms=(Term(picture=query_pictures.remember(picture.getvalue())),))
    before = engine.search(query, anonymous)
    choose("two")
    change_over()
    after = engine.search(query, anonymous)
    assert (before.encoder, after.encoder) == ("one", "two")
    for page in (before, after):
        assert page.hits[0].similarity == pytest.approx(1.0, abs=0.01)


@pytest.mark.django_db(transaction=True)
def test_the_index_stands_before_the_switch(
    make_searchable: MakeSearchable, gallery_setting: Callable[..., None]
) -> None:
    make_searchable(6)
    gallery_setting(index_min_rows=5)
    other = choose("two")
    change_over()
    assert not EmbeddingSpace.objects.get(pk=other.pk).active
    index_keeper.keep()
    assert IndexBuild.objects.filter(space=other).exists()
    change_over()
    assert spaces.active() == other
    for space in EmbeddingSpace.objects.all():  # the end of the test empties tables, not indexes
        index_keeper.drop(space)


def test_one_space_is_backfilled_at_a_time(space: EmbeddingSpace) -> None:
    SpaceBackfill.objects.create(space=space)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpaceBackfill.objects.create(space=make_space(active=False))
