"""The SQL of a nearest-neighbour search. No other module of the gallery writes ``<=>``.

A statement is one message to the server. Settings are local to the transaction; outside a
transaction PostgreSQL runs the message as one. So the settings reach the search behind a
transaction pooler too, and no other search sees them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection

from gallery.models import EmbeddingSpace, ImageQuerySet, IndexKind
from gallery.vectorindex import names
from gallery.vectorindex.planner import IndexPlan

# A search by another order would read all rows: sorting is discouraged, and the order of the index
# is already the order of the distances.
_BY_INDEX = {"enable_sort": "off"}
# Otherwise PostgreSQL could take the order of an index and sort equal distances by id.
_EXACT = {"enable_incremental_sort": "off"}
# halfvec distances are rounded, so some more rows are fetched and compared again.
_HALF_MORE = 8
# pgvector's default cap of an iterative scan, and rows for each entry of the candidate list.
_HNSW_LEAST = 20_000
_HNSW_TUPLES = 100


class Neighbour(NamedTuple):
    image_id: uuid.UUID
    distance: float


@dataclass(frozen=True)
class Statement:
    """``sql`` is a single SELECT of ``(image_id, distance)``, nearest first."""

    sql: str
    values: tuple[Any, ...]
    settings: Mapping[str, str]

    def run(self) -> list[Neighbour]:
        """Send settings and SELECT in one message."""
        chosen = ", ".join("set_config(%s, %s, true)" for _ in self.settings)
        pairs = [text for pair in self.settings.items() for text in pair]
        message = f"SELECT {chosen}; {self.sql}{self._restoring()}"
        with connection.cursor() as cursor:
            cursor.execute(message, [*pairs, *self.values])
            cursor.nextset()
            return [Neighbour(*row) for row in cursor.fetchall()]

    def explain(self) -> str:
        """The plan, for tests."""
        chosen = ", ".join("set_config(%s, %s, true)" for _ in self.settings)
        pairs = [text for pair in self.settings.items() for text in pair]
        with connection.cursor() as cursor:
            message = f"SELECT {chosen}; EXPLAIN {self.sql}{self._restoring()}"
            cursor.execute(message, [*pairs, *self.values])
            cursor.nextset()
            return "\n".join(line for (line,) in cursor.fetchall())

    def _restoring(self) -> str:
        """In a transaction of the caller, its later statements must not have our settings."""
        if not connection.in_atomic_block:
            return ""
        return "".join(f"; RESET {name}" for name in self.settings)


def exact(
    space: EmbeddingSpace,
    vector: npt.NDArray[np.float32],
    *,
    within: ImageQuerySet | None,
    limit: int,
    beyond: Neighbour | None = None,
) -> Statement | None:
    """Compare with every candidate; only those after ``beyond``. None if there are no candidates.

    Because the condition of no index is named, PostgreSQL cannot use a vector index.
    """
    try:
        condition, values = _candidates(within)
    except EmptyResultSet:
        return None
    sql = (
        "SELECT image_id, distance FROM ("
        "SELECT image_id, vector <=> %s::vector AS distance FROM gallery_embedding"
        f" WHERE space_id = {int(space.pk)}{condition}) AS nearest"
    )
    if beyond is not None:
        sql += " WHERE distance >= %s::float8 AND (distance, image_id) > (%s::float8, %s)"
        values = (*values, beyond.distance, beyond.distance, beyond.image_id)
    sql += " ORDER BY distance, image_id LIMIT %s"
    return Statement(sql, (as_text(vector), *values, limit), _EXACT)


def by_index(
    plan: IndexPlan, vector: npt.NDArray[np.float32], *, within: ImageQuerySet | None
) -> Statement | None:
    """Search the index until ``plan.compared`` candidates were met or a limit is reached.

    Returns all that were met, nearest first. None if there are no candidates.

    The innermost query orders by the operator alone, because PostgreSQL would not use the index
    for two keys. It gives its rows one by one to the join with the candidates, in their order.
    Equal distances are ordered outside. An iterative scan gives distances in about the right
    order, and PostgreSQL trusts it: with ``+ 0`` it sorts by distance again.
    """
    try:
        condition, values = _candidates(within)
    except EmptyResultSet:
        return None
    index, text = plan.index, as_text(vector)
    columns, order, compared = "vector <=> %s::vector AS distance", "distance", plan.compared
    vectors: tuple[str, ...] = (text,)
    if index.kind == IndexKind.IVFFLAT_HALF:
        columns += ", vector::halfvec(512) <=> %s::halfvec(512) AS half_distance"
        order, compared, vectors = "half_distance", compared + _HALF_MORE, (text, text)
    sql = (
        "WITH nearest AS MATERIALIZED (SELECT image_id, distance FROM ("
        f"SELECT image_id, {columns} FROM gallery_embedding"
        f" WHERE {names.condition_of(index.space_id, index.name)} ORDER BY {order} LIMIT %s"
        f") AS rows WHERE true{condition} ORDER BY {order} LIMIT %s)"
        " SELECT image_id, distance FROM nearest ORDER BY distance + 0, image_id"
    )
    # Without a limit of its own (null), the inner query ends when the outer one does.
    visited = compared if within is None else plan.visited
    settings = _BY_INDEX | _settings_of(plan)
    return Statement(sql, (*vectors, visited, *values, compared), settings)


def as_text(vector: npt.NDArray[np.float32]) -> str:
    """pgvector's notation, with digits enough to give the same float32 values."""
    return "[" + ",".join(["%.9g" % value for value in vector.tolist()]) + "]"  # noqa: UP031


def _candidates(within: ImageQuerySet | None) -> tuple[str, tuple[Any, ...]]:
    """A condition that follows others, and its values. Raises ``EmptyResultSet``."""
    if within is None:
        return "", ()
    condition = within.condition
    return f" AND image_id IN ({condition.keys})", condition.values


def _settings_of(plan: IndexPlan) -> dict[str, str]:
    if plan.index.kind == IndexKind.HNSW:
        return {
            "hnsw.ef_search": str(plan.effort),
            "hnsw.iterative_scan": "relaxed_order",
            "hnsw.max_scan_tuples": str(max(_HNSW_LEAST, plan.cap * _HNSW_TUPLES)),
        }
    lists = plan.index.lists or 1
    return {
        "ivfflat.probes": str(min(plan.effort, lists)),
        "ivfflat.iterative_scan": "relaxed_order",
        "ivfflat.max_probes": str(min(plan.cap, lists)),
    }
