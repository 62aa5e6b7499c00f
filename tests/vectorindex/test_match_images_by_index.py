"""match_images uses the vector index of the active space, in every call of a session."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F

from gallery.models import EmbeddingSpace, Image, IndexBuild
from gallery.vectorindex import build
from tests.builders import (
    build_index,
    make_embedded,
    make_embedding,
    make_image,
    make_space,
    unit_vector,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def indexed(transactional_db: None) -> Iterator[IndexBuild]:
    space = make_space()
    make_embedded(space, [unit_vector(seed) for seed in range(600)])
    build_index(space, lists=24, effort=10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gallery_embedding, gallery_image")
    yield IndexBuild.objects.get()
    build.drop(space)


def scans(index: IndexBuild) -> int:
    """How often the current transaction has searched the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_numscans(%s::regclass)", [index.name])
        (count,) = cursor.fetchone()
    return int(count)


def match(seed: int, count: int = 10) -> list[UUID]:
    with connection.cursor() as cursor:
        vector = str(unit_vector(seed).tolist())
        cursor.execute("SELECT id FROM match_images(%s, -1, %s)", [vector, count])
        return [key for (key,) in cursor.fetchall()]


@transaction.atomic
def test_every_call_searches_the_index(indexed: IndexBuild) -> None:
    # PostgreSQL reuses a generic plan from the sixth execution on.
    for number in range(12):
        assert len(match(number)) == 10
        assert scans(indexed) == number + 1


@transaction.atomic
def test_a_prepared_call_searches_the_index(indexed: IndexBuild) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "PREPARE search (vector, int) AS SELECT id FROM match_images($1, -1, $2);"
            "SET LOCAL plan_cache_mode = force_generic_plan"
        )
        cursor.execute("EXECUTE search (%s, 10)", [str(unit_vector(3).tolist())])
        assert len(cursor.fetchall()) == 10
        cursor.execute("DEALLOCATE search")
    assert scans(indexed) == 1


def test_all_lists_give_the_exact_answer(indexed: IndexBuild) -> None:
    IndexBuild.objects.update(text_effort=1, picture_effort=F("lists"))
    by_index = match(3)
    build.drop(indexed.space)
    assert by_index == match(3)


def test_a_selective_filter_still_fills_the_result(indexed: IndexBuild) -> None:
    public = Image.objects.values_list("pk", flat=True)[:20]
    Image.objects.exclude(pk__in=list(public)).update(visibility="private")
    assert len(match(3, 15)) == 15


def test_results_of_an_iterative_scan_are_sorted(indexed: IndexBuild) -> None:
    IndexBuild.objects.update(text_effort=1, picture_effort=1)
    statement = "SELECT similarity FROM match_images(%s, -1, 200)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(unit_vector(3).tolist())])
        similarities = [similarity for (similarity,) in cursor.fetchall()]
    assert len(similarities) == 200
    assert similarities == sorted(similarities, reverse=True)


@transaction.atomic
def test_the_settings_of_the_caller_are_kept(indexed: IndexBuild) -> None:
    settings = "SELECT current_setting('ivfflat.probes'), current_setting('ivfflat.iterative_scan')"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ivfflat.probes = 7")
        match(3)
        cursor.execute(settings)
        assert cursor.fetchone() == ("7", "off")


def test_another_space_has_its_own_index(indexed: IndexBuild) -> None:
    EmbeddingSpace.objects.update(active=False)
    other = make_space()
    image = make_image()
    make_embedding(image, other, unit_vector(5))
    with transaction.atomic():
        assert match(3) == [image.pk]
        assert scans(indexed) == 0
