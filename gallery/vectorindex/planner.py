"""Whether a search uses the index, and how thoroughly.

A filter that matches few images makes the exact search quick and the index useless: its lists
contain few matches, and the nearest matches may be far away in lists that are never probed. The
figures are from docs/decisions/0011-a-calibrated-index.md.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild, IndexKind

# Candidates that are compared one by one: above, the index is quicker.
EXACT_ROWS = 5_000
# With a share ``s`` of the rows as candidates, the ten nearest candidates are about the 10 / s
# nearest rows. Recall@k stayed the same when probes grew by the power 0.3 of k (k = 10 to 200).
_DEPTH_POWER = 0.3
# Below this share of the rows, the probed lists have to contain this part of the candidates that
# they would contain if the candidates were spread evenly. With fewer, the candidates are alike and
# far from the query, the index misses many of the nearest, and the search becomes exact.
_NARROW = 0.3
_PART = 0.4
# The cap of an iterative scan for wider filters, in times of the effort.
_CAP = 4

_SECONDS = 60.0
_estimates: TTLCache[tuple[Any, ...], int] = TTLCache(1000, _SECONDS)
_lock = threading.Lock()


@dataclass(frozen=True)
class IndexPlan:
    """``effort`` is the number of probes (ivfflat) or ``ef_search`` (HNSW), ``cap`` the most that
    an iterative scan may use. If it meets fewer than ``compared`` candidates, its answer is not
    to be trusted.
    """

    index: IndexBuild
    effort: int
    cap: int
    compared: int


def plan_for(
    space: EmbeddingSpace, *, within: QuerySet[Any] | None, limit: int, kind: QueryKind
) -> IndexPlan | None:
    """None if the search should be exact.

    PostgreSQL's estimate of the number of candidates decides. It takes a query of its own, once a
    minute for each filter in each process.
    """
    index: IndexBuild | None = getattr(space, "index", None)
    if index is None:
        return None
    effort = index.effort(kind)
    if within is None:
        return IndexPlan(index, effort, effort * _CAP, limit)
    candidates = estimated_rows(within)
    if candidates <= EXACT_ROWS:
        return None
    share = min(1.0, candidates / max(index.rows, 1))
    effort = _bounded(index, math.ceil(effort * share**-_DEPTH_POWER))
    if share < _NARROW and index.lists:
        expected = candidates * effort / index.lists
        return IndexPlan(index, effort, effort, max(limit, int(expected * _PART)))
    return IndexPlan(index, effort, effort * _CAP, limit)


def estimated_rows(images: QuerySet[Any]) -> int:
    """PostgreSQL's own estimate of the number of rows, at most a minute old."""
    try:
        sql, values = images.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    key = (sql, *(repr(value) for value in values))
    with _lock:
        known = _estimates.get(key)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        ((plan,),) = cursor.fetchall()
    rows = int(plan[0]["Plan"]["Plan Rows"])
    with _lock:
        _estimates[key] = rows
    return rows


def _bounded(index: IndexBuild, effort: int) -> int:
    # pgvector accepts up to 1000 for ef_search.
    return min(effort, 1000 if index.kind == IndexKind.HNSW else index.lists or 1)
