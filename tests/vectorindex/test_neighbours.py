import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.db.models import F

from gallery.models import (
    Embedding,
    EmbeddingSpace,
    Image,
    ImageQuerySet,
    IndexBuild,
    Visibility,
)
from gallery.vectorindex import build, statements
from gallery.vectorindex.neighbours import nearest
from gallery.vectorindex.planner import IndexPlan
from tests.builders import (
    build_index,
    make_embedded,
    make_embedding,
    make_image,
    make_space,
    unit,
    unit_vector,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


def make_random(space: EmbeddingSpace, count: int, **fields: Any) -> list[Image]:
    return make_embedded(space, [unit_vector(seed) for seed in range(count)], **fields)


def test_the_nearest_image_comes_first(space: EmbeddingSpace) -> None:
    images = make_random(space, 20)
    query = unit(unit_vector(7) + 0.1 * unit_vector(8))
    first = nearest(space, query, within=None, limit=5)[0]
    assert first.image_id == images[7].pk
    assert first.distance == pytest.approx(1 - float(query @ unit_vector(7)), abs=1e-5)


def test_distances_never_decrease(space: EmbeddingSpace) -> None:
    make_random(space, 30)
    distances = [n.distance for n in nearest(space, unit_vector(99), within=None, limit=30)]
    assert distances == sorted(distances)
    assert len(distances) == 30


def test_other_spaces_are_not_searched(space: EmbeddingSpace) -> None:
    other = make_space(active=False)
    foreign = make_image()
    make_embedding(foreign, other, unit_vector(1))
    make_random(space, 3)
    neighbours = nearest(space, unit_vector(1), within=None, limit=10)
    assert foreign.pk not in {neighbour.image_id for neighbour in neighbours}


def test_candidates_are_filtered_in_sql(space: EmbeddingSpace, owner: User) -> None:
    make_random(space, 40, visibility=Visibility.PRIVATE)
    seen = make_image()
    make_embedding(seen, space, unit(-unit_vector(0)))
    visible = Image.objects.visible_to(AnonymousUser())
    neighbours = nearest(space, unit_vector(0), within=visible, limit=5)
    assert [neighbour.image_id for neighbour in neighbours] == [seen.pk]


def test_equal_distances_are_ordered_by_id(space: EmbeddingSpace) -> None:
    for _ in range(5):
        make_embedding(make_image(), space, unit_vector(1))
    ids = [n.image_id for n in nearest(space, unit_vector(2), within=None, limit=5)]
    assert ids == sorted(ids)


def test_vectors_are_stored_inline_not_in_toast() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute"
            " WHERE attrelid = 'gallery_embedding'::regclass AND attname = 'vector'"
        )
        assert cursor.fetchone() == ("p",)


def test_no_index_is_built_on_an_empty_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexdef ILIKE '%ivfflat%'")
        assert cursor.fetchone() == (0,)


def test_the_next_page_continues_exactly(space: EmbeddingSpace) -> None:
    for seed in range(12):
        make_embedding(make_image(), space, unit_vector(seed % 4))  # with equal distances
    every = nearest(space, unit_vector(9), within=None, limit=12)
    page = nearest(space, unit_vector(9), within=None, limit=5, beyond=every[4])
    assert page == every[5:10]


def test_no_candidates_give_no_neighbours(space: EmbeddingSpace) -> None:
    make_random(space, 3)
    assert nearest(space, unit_vector(1), within=Image.objects.none(), limit=3) == []


class TestWithIndex:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def indexed(self, transactional_db: None) -> Iterator[EmbeddingSpace]:
        space = make_space()
        make_random(space, 2000)
        build_index(space, lists=45, effort=10)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE gallery_embedding, gallery_image")
        yield space
        build.drop(space)

    def plan(self, space: EmbeddingSpace, within: ImageQuerySet | None) -> str:
        plan = IndexPlan(IndexBuild.objects.get(space=space), effort=5, cap=20, compared=10)
        by_index = statements.by_index(plan, unit_vector(3), within=within)
        return by_index.explain() if by_index else ""

    @pytest.mark.parametrize("filtered", [False, True])
    def test_the_index_gives_the_order(self, indexed: EmbeddingSpace, filtered: bool) -> None:
        within = Image.objects.visible_to(AnonymousUser()) if filtered else None
        plan = self.plan(indexed, within)
        assert "Index Scan using embedding_ivfflat" in plan
        assert re.findall("Sort Key.*", plan) == [
            "Sort Key: ((nearest.distance + '0'::double precision)), nearest.image_id"
        ]

    def test_exact_search_does_not_use_the_index(self, indexed: EmbeddingSpace) -> None:
        exact = statements.exact(indexed, unit_vector(3), within=None, limit=10)
        assert exact
        assert "embedding_ivfflat" not in exact.explain()

    def test_the_index_finds_the_exact_neighbours(self, indexed: EmbeddingSpace) -> None:
        # All lists: k-means starts at random, so the recall of fewer probes varies.
        IndexBuild.objects.filter(space=indexed).update(text_effort=F("lists"))
        space = EmbeddingSpace.objects.get(pk=indexed.pk)
        neighbours = [n.image_id for n in nearest(space, unit_vector(3), within=None, limit=10)]
        stored = dict(Embedding.objects.values_list("image_id", "vector"))
        similarity = {key: float(np.dot(value, unit_vector(3))) for key, value in stored.items()}
        exact = sorted(similarity, key=similarity.__getitem__, reverse=True)[:10]
        assert len(set(neighbours) & set(exact)) >= 9

    def test_settings_end_with_the_search(self, indexed: EmbeddingSpace) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW ivfflat.probes")
            before = cursor.fetchone()
            nearest(indexed, unit_vector(3), within=None, limit=10)
            cursor.execute("SHOW ivfflat.probes")
            assert cursor.fetchone() == before

    def test_a_search_is_one_message(
        self, indexed: EmbeddingSpace, django_assert_num_queries: Any
    ) -> None:
        space = EmbeddingSpace.objects.select_related("index").get(pk=indexed.pk)
        with django_assert_num_queries(1):
            nearest(space, unit_vector(3), within=None, limit=10)

    def test_a_selective_filter_still_fills_the_result(self, indexed: EmbeddingSpace) -> None:
        candidates = list(Image.objects.values_list("pk", flat=True)[:20])
        within = Image.objects.filter(pk__in=candidates)
        assert len(nearest(indexed, unit_vector(3), within=within, limit=10)) == 10

    def test_matches_far_from_the_query_are_found(self, transactional_db: None) -> None:
        """Most of the pictures are near the query; the filter keeps the others."""
        space, near = make_space(), 3 * unit_vector(0)
        for size, centre, count in [(1, near, 1600), (2, -near, 400)]:
            vectors = [unit(centre + unit_vector(2000 * size + n)) for n in range(count)]
            make_embedded(space, vectors, size=size)
        build_index(space, lists=45, effort=5)
        IndexBuild.objects.filter(space=space).update(exact_rows=1)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE gallery_embedding, gallery_image")
        space = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
        within = Image.objects.filter(size=2)
        neighbours = nearest(space, unit(near), within=within, limit=10)
        exact = statements.exact(space, unit(near), within=within, limit=10)
        build.drop(space)
        assert exact
        assert neighbours == exact.run()

    def test_a_rebuild_replaces_the_index(self, indexed: EmbeddingSpace) -> None:
        before = IndexBuild.objects.get(space=indexed).name
        build_index(indexed, lists=20, effort=5)
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef ILIKE '%ivfflat%'")
            names = [name for (name,) in cursor.fetchall()]
        assert names == [IndexBuild.objects.get(space=indexed).name]
        assert before not in names
