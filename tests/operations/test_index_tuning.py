"""Whether another kind of index would be quicker here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild, IndexKind
from gallery.models.locks import Lock
from gallery.operations import index_tuning
from gallery.vectorindex import build, names
from tests.builders import build_index, make_embedding, make_image, make_space, unit_vector
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space() -> Iterator[EmbeddingSpace]:
    space = make_space(encoder="not here")
    for number in range(60):
        make_embedding(make_image(), space, unit_vector(number))
    yield space
    build.drop(space)


def test_a_dry_run_names_kinds_and_memory(space: EmbeddingSpace) -> None:
    plans = index_tuning.planned(space)
    assert [plan.kind for plan in plans] == list(IndexKind)
    assert all(plan.memory > 0 for plan in plans)
    assert names.existing(space) == []


def test_all_kinds_are_measured(space: EmbeddingSpace) -> None:
    index = build_index(space, lists=4, effort=2)
    measured = index_tuning.tune(space)
    assert measured
    assert {one.kind for one in measured} == set(IndexKind)
    assert [one.weighted for one in measured] == sorted(one.weighted for one in measured)
    assert [one.kind for one in measured if one.in_use] == [IndexKind.IVFFLAT]
    assert all(one.recalls[QueryKind.TEXT].mean >= 0.9 and one.size for one in measured)
    assert names.existing(space) == [IndexBuild.objects.get().name] == [index.name]


def test_only_one_process_tunes(space: EmbeddingSpace) -> None:
    with held_elsewhere(Lock.BUILD_INDEX):
        assert index_tuning.tune(space) is None
