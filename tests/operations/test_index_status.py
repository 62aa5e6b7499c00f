"""The status of an index, which command, admin, API and pages show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexMeasurement
from gallery.operations import index_keeper
from gallery.operations.index_status import status_of
from gallery.vectorindex.due import Due
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space(gallery_setting: Any) -> Iterator[EmbeddingSpace]:
    gallery_setting(index_min_rows=3)
    space = make_space()
    for number in range(3):
        make_embedding(make_image(), space, unit_vector(number))
    make_image()
    yield space
    index_keeper.drop(space)


def test_a_space_without_index_is_described(space: EmbeddingSpace) -> None:
    status = status_of(space)
    assert (status.rows, status.coverage.percent) == (3, 75.0)
    assert (status.index, status.size, status.efforts, status.age) == (None, 0, {}, None)
    assert status.due == Due.FIRST


def test_the_index_has_a_size_and_an_age(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    status = status_of(space)
    assert status.index
    assert status.size >= 8192
    assert status.age is not None
    assert set(status.efforts) == {QueryKind.TEXT, QueryKind.PICTURE}
    assert status.progress is None


def test_measurements_come_quickest_first(space: EmbeddingSpace) -> None:
    common: dict[str, Any] = {
        "space": space, "query_kind": "text", "index_kind": "ivfflat", "lists": 10, "rows": 3,
        "queries": 5, "source": "captions", "recall_low": 0.9, "recall_high": 1.0,
    }  # fmt: skip
    slow = IndexMeasurement.objects.create(
        **common, effort=4, recall=0.99, milliseconds=9, chosen=True
    )
    quick = IndexMeasurement.objects.create(**common, effort=2, recall=0.91, milliseconds=5)
    status = status_of(space)
    assert status.measurements == (quick, slow)
    assert status.chosen == {QueryKind.TEXT: slow}
