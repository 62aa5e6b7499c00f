"""Indexes whose lists and probes are measured on the vectors of the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild, IndexKind, IndexMeasurement
from gallery.operations import index_building, index_keeper
from gallery.operations.index_status import status_of
from gallery.vectorindex import build, due, names, planner
from gallery.vectorindex.due import Due
from tests.builders import make_embedded, make_space, unit, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


def add_vectors(space: EmbeddingSpace, count: int, *, topics: range) -> None:
    """Vectors in clusters, ``count`` in all."""
    make_embedded(
        space,
        [
            unit(unit_vector(topics[n % len(topics)]) + 0.8 * unit_vector(1000 + n))
            for n in range(count)
        ],
    )


@pytest.fixture
def space(gallery_setting: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingSpace]:
    """400 vectors of a model that is not here, for which three numbers of lists are tried."""
    gallery_setting(index_min_rows=100)
    monkeypatch.setattr(index_building, "FEW_ROWS", 100)
    space = make_space(encoder="not here")
    add_vectors(space, 400, topics=range(20))
    yield space
    build.drop(space)


def measured(space: EmbeddingSpace, kind: QueryKind) -> IndexMeasurement:
    return IndexMeasurement.objects.get(space=space, query_kind=kind, chosen=True)


def test_efforts_reach_the_target_recall(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    index = IndexBuild.objects.get(space=space)
    assert index.calibrated_at
    for kind in QueryKind:
        point = measured(space, kind)
        assert (point.lists, point.effort) == (index.lists, index.effort(kind))
        assert point.recall_low >= 0.97 or point.effort == index.lists
    assert due.reason_of(space, index) is None


def test_several_numbers_of_lists_are_measured(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    status = status_of(space)
    assert len({one.lists for one in status.measurements}) >= 2
    assert status.index
    assert names.existing(space) == [status.index.name]


def test_a_low_recall_is_noticed_and_repaired(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    IndexBuild.objects.update(text_effort=1, picture_effort=1)
    IndexMeasurement.objects.filter(chosen=True).update(
        effort=1, measured_at=Now() - timedelta(days=8)
    )
    assert due.reason_of(space, IndexBuild.objects.get()) == Due.CALIBRATION
    index_keeper.keep()
    assert IndexBuild.objects.get().text_effort > 1
    assert measured(space, QueryKind.TEXT).recall >= 0.97


def test_a_good_recall_changes_nothing(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    before = IndexBuild.objects.get()
    IndexBuild.objects.update(text_effort=F("lists"), picture_effort=F("lists"))
    IndexMeasurement.objects.filter(chosen=True).update(measured_at=Now() - timedelta(days=8))
    index_keeper.keep()
    after = IndexBuild.objects.get()
    assert (after.name, after.calibrated_at) == (before.name, before.calibrated_at)
    assert due.reason_of(space, after) is None


@pytest.mark.slow
def test_new_topics_are_found_after_growth(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    for number in range(3):
        add_vectors(space, 200, topics=range(100 + 20 * number, 120 + 20 * number))
        index_keeper.keep()
    index = IndexBuild.objects.get()
    assert index.rows >= 800
    for kind in QueryKind:
        assert np.mean(measured(space, kind).recall) >= 0.95


def test_another_kind_is_built_when_configured(space: EmbeddingSpace, gallery_setting: Any) -> None:
    index_keeper.keep()
    gallery_setting(index_kind="hnsw")
    assert due.reason_of(space, IndexBuild.objects.get()) == Due.SETTING
    index_keeper.keep()
    index = IndexBuild.objects.get()
    assert (index.kind, index.lists) == ("hnsw", None)
    assert measured(space, QueryKind.TEXT).recall_low >= 0.97


@pytest.mark.slow
def test_an_index_that_is_no_quicker_is_unused(gallery_setting: Any) -> None:
    """Vectors without topics: all lists would have to be probed."""
    gallery_setting(index_min_rows=100, target_recall=0.99)
    space = make_space(encoder="not here")
    make_embedded(space, [unit_vector(number) for number in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gallery_embedding, gallery_image")
    index_keeper.keep()
    index = IndexBuild.objects.get(space=space)
    reason = due.reason_of(space, index)
    space = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
    plans = planner.plans_for(space, within=None, limit=10, kind=QueryKind.TEXT)
    build.drop(space)
    assert (index.is_worthwhile, reason, plans) == (False, None, ())


def test_what_killed_builds_left_is_dropped(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    build.create(space, IndexKind.IVFFLAT, lists=3)
    index_keeper.keep()
    assert names.existing(space) == [IndexBuild.objects.get().name]


def test_an_empty_space_can_be_built(gallery_setting: Any) -> None:
    space = make_space(encoder="not here")
    index = index_keeper.rebuild(space)
    assert index
    assert index.rows == 0
    build.drop(space)
