"""A full space that waits for `encoder switch`: for days, among a million pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from gallery.embeddings import drop, fill_jobs, progress, spaces, switch
from gallery.embeddings.embed import embed_backlog
from gallery.models import EmbeddingSpace, FillJob, State
from gallery.operations import changeover
from tests.embeddings.conftest import MakeDerived, MakeFound

pytestmark = pytest.mark.django_db

LONG = 600.0


@pytest.fixture
def waiting(make_found: MakeFound, at_once: None) -> EmbeddingSpace:
    make_found(3)
    space = spaces.choose("two", switch_when_full=False)
    for _ in range(2):
        changeover.carry_on(LONG)
    assert progress.of(space).missing == 0
    return space


def missing(space: EmbeddingSpace) -> int:
    return progress.outstanding(space).count()


def test_while_nothing_comes_no_picture_and_no_vector_is_looked_at(waiting: EmbeddingSpace) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        changeover.carry_on(LONG)
    assert 0 < len(asked) < 4
    for query in asked:
        assert "gallery_image" not in query["sql"]
        assert 'gallery_embedding"' not in query["sql"]


def test_an_upload_meanwhile_is_filled_in_by_the_next_step_without_a_look_among_all(
    waiting: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(space: EmbeddingSpace) -> int:
        raise AssertionError("all pictures were looked at")

    monkeypatch.setattr(fill_jobs, "make", look)
    make_derived()
    embed_backlog()
    assert missing(waiting) == 1
    changeover.carry_on(LONG)
    assert missing(waiting) == 0
    assert switch.switch(waiting).active


def test_a_switch_that_finds_a_picture_missing_names_it_and_has_it_filled_in(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    make_derived(state=State.READY)  # without a job, as nothing should be
    changeover.carry_on(LONG)
    with pytest.raises(switch.NotNow, match="no vector of two yet: 1"):
        changeover.switch_over(waiting)
    changeover.carry_on(LONG)
    assert changeover.switch_over(waiting).active


def test_now_and_then_all_pictures_are_looked_at_again(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    make_derived(state=State.READY)
    EmbeddingSpace.objects.filter(pk=waiting.pk).update(looked_at=Now() - timedelta(minutes=11))
    changeover.carry_on(LONG)
    assert missing(waiting) == 0


def test_what_came_during_a_pause_is_looked_for_after_it(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    switch.pause(waiting)
    make_derived()
    embed_backlog()
    assert not FillJob.objects.exists()
    switch.resume(waiting)
    changeover.carry_on(LONG)
    assert missing(waiting) == 0


def test_a_picture_that_has_its_vector_is_not_expected_again(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    image = make_derived()
    embed_backlog()
    changeover.carry_on(LONG)
    fill_jobs.expect([image.pk])
    assert not FillJob.objects.exists()


def test_an_upload_does_not_mind_that_the_space_is_given_up(
    waiting: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    drop.drop(waiting)
    upload = make_derived()
    embed_backlog()
    upload.refresh_from_db()
    assert (upload.state, FillJob.objects.count()) == (State.READY, 0)
