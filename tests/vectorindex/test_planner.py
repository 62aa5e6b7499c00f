"""Which searches use the index: PostgreSQL's estimate of the candidates decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, Image
from gallery.vectorindex import planner
from tests.builders import make_image, make_index, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    """A space with an index of 40 rows, for which 30 candidates are many."""
    space = make_space()
    make_index(space, lists=100, text_effort=10, picture_effort=5, rows=40)
    for number in range(40):
        make_image(size=number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gallery_image")
    return EmbeddingSpace.objects.select_related("index").get(pk=space.pk)


@pytest.fixture(autouse=True)
def few_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "EXACT_ROWS", 8)


def plan(space: EmbeddingSpace, smaller: int, kind: QueryKind = QueryKind.TEXT) -> Any:
    within = Image.objects.filter(size__lt=smaller)
    return planner.plan_for(space, within=within, limit=4, kind=kind)


def test_without_an_index_search_is_exact() -> None:
    assert planner.plan_for(make_space(), within=None, limit=4, kind=QueryKind.TEXT) is None


def test_few_candidates_are_compared_one_by_one(space: EmbeddingSpace) -> None:
    assert plan(space, 5) is None
    assert plan(space, 30) is not None


def test_each_kind_has_its_own_effort(space: EmbeddingSpace) -> None:
    assert plan(space, 100).effort == 10
    assert plan(space, 100, QueryKind.PICTURE).effort == 5


def test_narrower_filters_get_more_effort(space: EmbeddingSpace) -> None:
    assert 10 < plan(space, 20).effort < plan(space, 10).effort < 20


def test_an_estimate_is_kept(space: EmbeddingSpace, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        plan(space, 31)
        plan(space, 31)
    with django_assert_num_queries(1):
        plan(space, 32)
