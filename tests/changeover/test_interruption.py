"""A worker that is killed during a backfill, and processes that choose at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.embeddings.coverage import coverage_of
from gallery.models import BackfillItem, Embedding, EmbeddingSpace
from tests.embeddings.conftest import MakeSearchable, count_encoded
from tests.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_a_killed_backfill_repeats_nothing_finished(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(10)
    other = choose("two")
    worker = start("tests.changeover.programs.backfill_and_hang")
    assert worker.stdout is not None
    assert [worker.stdout.readline() for _ in range(2)] == ["encoding 4\n"] * 2
    worker.kill()
    worker.communicate()
    finished = set(Embedding.objects.filter(space=other).values_list("image_id", flat=True))
    assert len(finished) == 4
    batches = count_encoded(monkeypatch, "two")
    backfill(600)
    assert batches == [2]  # the killed worker still holds the lease of four
    BackfillItem.objects.update(lease_until=Now() - timedelta(seconds=1))
    backfill(600)
    assert batches == [2, 1, 1, 1, 1]
    assert coverage_of(other).missing == 0


@pytest.mark.slow
def test_processes_that_choose_at_once_agree(db: None) -> None:
    processes = [start("tests.changeover.programs.choose_auto") for _ in range(3)]
    answers = {process.communicate(timeout=120)[0] for process in processes}
    space = EmbeddingSpace.objects.get()
    assert answers == {f"{space.pk}\n"}
    assert (space.active, space.encoder, space.reason) == (True, "one", "first of all")
