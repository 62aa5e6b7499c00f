"""The nearest vectors of a space, found by PostgreSQL."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, ImageQuerySet
from gallery.vectorindex import planner, statements
from gallery.vectorindex.statements import Neighbour

__all__ = ["Neighbour", "nearest"]


def nearest(
    space: EmbeddingSpace,
    vector: npt.NDArray[np.float32],
    *,
    within: ImageQuerySet | None,
    limit: int,
    kind: QueryKind = QueryKind.TEXT,
    beyond: Neighbour | None = None,
) -> list[Neighbour]:
    """The ``limit`` nearest embeddings of ``space`` by cosine distance, then by image id.

    ``within`` is a queryset of candidate images (permission and filters) that becomes part of the
    SQL. ``kind`` decides how thoroughly the index is searched. ``beyond`` is the last neighbour of
    the page before: only embeddings after it are returned, and the search is exact. Fewer than
    ``limit`` are returned only if there are no more. Load ``space`` with
    ``select_related("index")``, else the index costs a query.
    """
    if beyond is None:
        for plan in planner.plans_for(space, within=within, limit=limit, kind=kind):
            by_index = statements.by_index(plan, vector, within=within)
            neighbours = by_index.run() if by_index else []
            # With fewer, the scan of the index has ended at one of its limits.
            if len(neighbours) >= plan.compared:
                return neighbours[:limit]
    exact = statements.exact(space, vector, within=within, limit=limit, beyond=beyond)
    return exact.run() if exact else []
