"""The nearest vectors, found by PostgreSQL. No other module uses the operator ``<=>``."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet
from pgvector.django import CosineDistance

from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexBuild


class Neighbour(NamedTuple):
    image_id: uuid.UUID
    distance: float


def nearest(
    space: EmbeddingSpace,
    vector: npt.NDArray[np.float32],
    *,
    within: QuerySet[Any] | None,
    limit: int,
    kind: QueryKind = QueryKind.TEXT,
) -> list[Neighbour]:
    """The ``limit`` nearest embeddings of ``space`` by cosine distance, nearest first.

    ``within`` is a queryset of candidate images (permission and filters) that becomes part of the
    SQL. ``kind`` decides how thoroughly the index is searched. Equal distances are ordered by id
    in Python: with a second sort key in SQL PostgreSQL would not use the index.
    """
    _set_probes(space, kind)
    rows = statement(space, vector, within=within, limit=limit)
    neighbours = [Neighbour(image_id, float(distance)) for image_id, distance in rows]
    return sorted(neighbours, key=lambda neighbour: (neighbour.distance, neighbour.image_id))


def statement(
    space: EmbeddingSpace,
    vector: npt.NDArray[np.float32],
    *,
    within: QuerySet[Any] | None,
    limit: int,
) -> QuerySet[Any, Any]:
    """The unevaluated query of ``nearest``, which tests pass to EXPLAIN."""
    rows = Embedding.objects.filter(space_id=space.pk)
    if within is not None:
        rows = rows.filter(image_id__in=within.order_by().values("pk"))
    return rows.order_by(CosineDistance("vector", vector)).values_list(
        "image_id", CosineDistance("vector", vector)
    )[:limit]


def _set_probes(space: EmbeddingSpace, kind: QueryKind) -> None:
    """Set the probes of this database session. Without an index the search is exact."""
    index = IndexBuild.objects.filter(space=space).first()
    if index is None:
        return
    probes = index.text_effort if kind == QueryKind.TEXT else index.picture_effort
    with connection.cursor() as cursor:
        # An iterative scan goes on until a filtered search has enough rows.
        cursor.execute(
            "SELECT set_config('ivfflat.probes', %s, false),"
            " set_config('ivfflat.iterative_scan', 'relaxed_order', false)",
            [str(probes)],
        )
