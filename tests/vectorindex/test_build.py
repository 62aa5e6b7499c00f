"""Builds that must not fail for lack of memory, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexKind
from gallery.vectorindex import build, memory, names
from gallery.vectorindex.neighbours import nearest
from tests.builders import build_index, make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space() -> Iterator[EmbeddingSpace]:
    space = make_space()
    for number in range(30):
        make_embedding(make_image(), space, unit_vector(number))
    yield space
    build.drop(space)


def test_little_memory_gives_fewer_lists(space: EmbeddingSpace, gallery_setting: Any) -> None:
    gallery_setting(index_memory=30 << 20)
    candidate = build.create(space, IndexKind.IVFFLAT, lists=4000)
    assert candidate.lists
    assert 50 < candidate.lists < 300


def test_a_wrong_estimate_gives_fewer_lists(
    space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pgvector reserves memory for as many rows as the table's blocks can hold, so dead rows of
    # earlier tests count. 10,000 samples are the most for so few lists, and need 20 MB.
    monkeypatch.setattr(memory, "setting_for", lambda *_, **__: "32MB")
    candidate = build.create(space, IndexKind.IVFFLAT, lists=2000)
    assert candidate.lists
    assert candidate.lists < 2000
    assert names.existing(space) == [candidate.name]


def test_the_session_keeps_its_memory_setting(space: EmbeddingSpace) -> None:
    def setting() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW maintenance_work_mem")
            return cursor.fetchone()

    before = setting()
    build.create(space, IndexKind.IVFFLAT, lists=3)
    assert setting() == before


def test_a_new_index_replaces_all_others(space: EmbeddingSpace) -> None:
    build_index(space, lists=2, effort=1)
    build.create(space, IndexKind.IVFFLAT, lists=3)  # an orphan, if the process dies now
    index = build_index(space, lists=4, effort=1)
    assert names.existing(space) == [index.name]


@pytest.mark.parametrize("kind", IndexKind)
def test_every_kind_can_be_searched(space: EmbeddingSpace, kind: IndexKind) -> None:
    candidate = build.create(space, kind, lists=2)
    efforts = dict.fromkeys(QueryKind, build.usual_effort(kind, candidate.lists))
    build.adopt(space, candidate, efforts)
    fresh = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
    first = nearest(fresh, unit_vector(7), within=None, limit=3)[0]
    assert first.distance == pytest.approx(0, abs=1e-6)
    assert Embedding.objects.filter(image_id=first.image_id, space=space).exists()
