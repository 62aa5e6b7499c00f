"""The recall of each kind of index after half of the vectors were replaced."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from django.db import connection

from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, Image, IndexBuild, IndexKind
from gallery.vectorindex import build, statements
from gallery.vectorindex.planner import IndexPlan
from tests.builders import make_embedded, make_space

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, QUERIES, TEN = 5000, 50, 10
Vectors = npt.NDArray[np.float32]


@pytest.fixture
def space() -> Iterator[EmbeddingSpace]:
    space = make_space()
    yield space
    build.drop(space)


def clustered(number: int, seed: int) -> Vectors:
    """Unit vectors around 100 centres, which are the same for each seed."""
    centres = np.random.default_rng(0).standard_normal((100, 512))
    random = np.random.default_rng(seed)
    near = centres[random.integers(0, 100, number)]
    rows = near + 0.8 * random.standard_normal((number, 512))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def recall_of(space: EmbeddingSpace) -> float:
    """recall@10 of searches by the index, compared with exact searches."""
    index = IndexBuild.objects.get(space=space)
    plan = IndexPlan(index, index.text_effort, index.text_effort, TEN)
    hits = 0
    for query in clustered(QUERIES, seed=9):
        by_index = statements.by_index(plan, query, within=None)
        exact = statements.exact(space, query, within=None, limit=TEN)
        assert by_index
        assert exact
        found, true = by_index.run()[:TEN], exact.run()
        assert len(found) == TEN
        hits += len({one.image_id for one in found} & {one.image_id for one in true})
    return hits / (QUERIES * TEN)


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM gallery_embedding")


@pytest.mark.slow
@pytest.mark.parametrize("kind", IndexKind)
def test_churn_keeps_the_recall(space: EmbeddingSpace, kind: IndexKind) -> None:
    old = make_embedded(space, list(clustered(ROWS, seed=1)))
    candidate = build.create(space, kind, build.usual_lists(ROWS))
    efforts = dict.fromkeys(QueryKind, build.usual_effort(kind, candidate.lists))
    build.adopt(space, candidate, efforts)
    make_embedded(space, list(clustered(ROWS // 2, seed=2)))
    assert recall_of(space) >= config().target_recall
    Image.objects.filter(pk__in=[image.pk for image in old[::2]]).delete()
    assert recall_of(space) >= config().target_recall
    vacuum()
    assert recall_of(space) >= config().target_recall
    make_embedded(space, list(clustered(ROWS // 2, seed=3)))
    vacuum()
    assert recall_of(space) >= config().target_recall
    assert Embedding.objects.count() == ROWS + ROWS // 2
