"""Nearest vectors inside PostgreSQL: the only place where ``<=>`` is sent."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet
from pgvector.django import CosineDistance

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
) -> list[Neighbour]:
    """The ``limit`` nearest embeddings of ``space``, by cosine distance, nearest first.

    ``within`` is a queryset of candidate images (permission and filters); it becomes part of the
    SQL. Equal distances are ordered by id here and not in SQL, where a second sort key would keep
    the index from being used.
    """
    _prepare(space)
    rows = statement(space, vector, within=within, limit=limit)
    found = [Neighbour(image_id, float(distance)) for image_id, distance in rows]
    return sorted(found, key=lambda neighbour: (neighbour.distance, neighbour.image_id))


def statement(
    space: EmbeddingSpace,
    vector: npt.NDArray[np.float32],
    *,
    within: QuerySet[Any] | None,
    limit: int,
) -> QuerySet[Any, Any]:
    """The query behind ``nearest``, unevaluated, so that a test can EXPLAIN it."""
    rows = Embedding.objects.filter(space_id=space.pk)
    if within is not None:
        rows = rows.filter(image_id__in=within.order_by().values("pk"))
    return rows.order_by(CosineDistance("vector", vector)).values_list(
        "image_id", CosineDistance("vector", vector)
    )[:limit]


def _prepare(space: EmbeddingSpace) -> None:
    """Set this session's probes; with no index the search is exact and nothing is sent."""
    index = IndexBuild.objects.filter(space=space).values_list("probes", flat=True).first()
    if index is None:
        return
    with connection.cursor() as cursor:
        # Iterative scanning goes on until the candidates of a filtered search suffice.
        cursor.execute(
            "SELECT set_config('ivfflat.probes', %s, false),"
            " set_config('ivfflat.iterative_scan', 'relaxed_order', false)",
            [str(index)],
        )
