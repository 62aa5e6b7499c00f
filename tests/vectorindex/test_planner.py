"""Which searches use the index: PostgreSQL's estimate of the candidates decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, Image, IndexBuild
from gallery.vectorindex import planner
from tests.builders import make_image, make_index, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    """An index of 40 rows, of which one is compared in the time of a search."""
    space = make_space()
    make_index(space, lists=100, text_effort=10, picture_effort=5, rows=40, exact_rows=1)
    for number in range(40):
        make_image(size=number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gallery_image")
    return with_index(space)


def with_index(space: EmbeddingSpace) -> EmbeddingSpace:
    return EmbeddingSpace.objects.select_related("index").get(pk=space.pk)


def plans(space: EmbeddingSpace, smaller: int, kind: QueryKind = QueryKind.TEXT) -> Any:
    within = Image.objects.filter(size__lt=smaller)
    return planner.plans_for(space, within=within, limit=1, kind=kind)


def test_without_an_index_search_is_exact() -> None:
    assert planner.plans_for(make_space(), within=None, limit=4, kind=QueryKind.TEXT) == ()


def test_few_candidates_are_compared_one_by_one(space: EmbeddingSpace) -> None:
    assert plans(space, 5) == ()
    assert plans(space, 30)


def test_a_quick_exact_search_replaces_the_index(space: EmbeddingSpace) -> None:
    for exact_rows, is_used in [(39, True), (40, False)]:
        IndexBuild.objects.update(exact_rows=exact_rows)
        plans = planner.plans_for(with_index(space), within=None, limit=1, kind=QueryKind.TEXT)
        assert bool(plans) is is_used


def test_each_kind_has_its_own_effort(space: EmbeddingSpace) -> None:
    assert plans(space, 100)[0].effort == 10
    assert plans(space, 100, QueryKind.PICTURE)[0].effort == 5


def test_narrower_filters_get_more_effort(space: EmbeddingSpace) -> None:
    assert 10 < plans(space, 30)[0].effort < plans(space, 20)[0].effort < 20


def test_wide_filters_are_searched_deeper_before_exactly(space: EmbeddingSpace) -> None:
    first, deeper = plans(space, 40)
    assert deeper.effort > 2 * first.effort
    assert len(plans(space, 20)) == 1


def test_an_estimate_is_kept(space: EmbeddingSpace, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        plans(space, 31)
        plans(space, 31)
    with django_assert_num_queries(1):
        plans(space, 32)
