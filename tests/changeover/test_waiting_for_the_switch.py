"""A complete space that waits for ``encoder switch``, perhaps for days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from gallery.changeover import control, drop
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.changeover.switch import switch
from gallery.core.errors import SpaceIncomplete
from gallery.embeddings.coverage import coverage_of, outstanding
from gallery.embeddings.embed import embed_backlog
from gallery.jobs import scan
from gallery.models import BackfillItem, EmbeddingSpace, SpaceBackfill, State
from tests.embeddings.conftest import MakeDerived, MakeSearchable

pytestmark = pytest.mark.django_db

LONG = 600.0


@pytest.fixture
def waiting(make_searchable: MakeSearchable) -> EmbeddingSpace:
    make_searchable(3)
    space = choose("two", switch_when_complete=False)
    for _ in range(2):
        run(LONG)
    assert coverage_of(space).missing == 0
    return space


def missing(space: EmbeddingSpace) -> int:
    return outstanding(space).count()


def test_a_waiting_space_reads_no_pictures(waiting: EmbeddingSpace) -> None:
    with CaptureQueriesContext(connection) as queries:
        run(LONG)
    assert 0 < len(queries) < 4
    for query in queries:
        assert "gallery_image" not in query["sql"]
        assert 'gallery_embedding"' not in query["sql"]


def test_an_upload_is_embedded_without_a_scan(
    waiting: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> int:
        raise AssertionError("all pictures were scanned")

    monkeypatch.setattr(scan, "add_items", refuse)
    make_derived()
    embed_backlog()
    assert missing(waiting) == 1
    run(LONG)
    assert missing(waiting) == 0
    assert switch(waiting).active


def test_a_refused_switch_starts_a_scan(waiting: EmbeddingSpace, make_derived: MakeDerived) -> None:
    make_derived(state=State.READY)  # has no item, which should not happen
    run(LONG)
    with pytest.raises(SpaceIncomplete, match="no vector of two yet: 1"):
        switch(waiting)
    run(LONG)
    assert switch(waiting).active


def test_the_scan_is_repeated_after_ten_minutes(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    make_derived(state=State.READY)
    SpaceBackfill.objects.update(scanned_at=Now() - timedelta(minutes=11))
    run(LONG)
    assert missing(waiting) == 0


def test_uploads_during_a_pause_are_embedded_later(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    control.pause(waiting)
    make_derived()
    embed_backlog()
    assert not BackfillItem.objects.exists()
    control.resume(waiting)
    run(LONG)
    assert missing(waiting) == 0


def test_an_embedded_picture_gets_no_item(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    image = make_derived()
    embed_backlog()
    run(LONG)
    BackfillItem.objects.add_for([image.pk])
    assert not BackfillItem.objects.exists()


def test_an_upload_survives_the_end_of_a_backfill(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    drop.drop(waiting)
    upload = make_derived()
    embed_backlog()
    upload.refresh_from_db()
    assert (upload.state, BackfillItem.objects.count()) == (State.READY, 0)
