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

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, ImageQuerySet, IndexBuild, IndexKind

# An exact search may take this many times as long as the index is expected to take. All its answers
# are right, and it takes the same time for all queries. A search with the index takes longer where
# the candidates are far from the query, and the exact search may have to follow it.
_WORTH = 2.0
# A row that the index gives takes as long as this many candidates that are compared: its image has
# to be read.
_VISIT = 1.3
# With a share ``s`` of the rows as candidates, the ten nearest candidates are about the 10 / s
# nearest rows. Recall@k stayed the same when probes grew by the power 0.3 to 0.4 of k.
_DEPTH_POWER = 0.4
# Candidates that are spread over the gallery are ``s`` of the nearest rows too. If fewer than one
# in this many times 1 / s are candidates, they are alike and far from the query, and the index
# misses many of the nearest of them: recall@10 was 0.1 to 0.8 there.
_SPARSE = 2
# Then this many times as many probes; or an exact search, if it does not take longer.
_DEEPER = 8
# The cap of an iterative scan, in times of the effort.
_CAP = 4

_SECONDS = 60.0
_estimates: TTLCache[tuple[Any, ...], int] = TTLCache(1000, _SECONDS)
_lock = threading.Lock()


@dataclass(frozen=True)
class IndexPlan:
    """``effort`` is the number of probes (ivfflat) or ``ef_search`` (HNSW), ``cap`` the most that
    an iterative scan may use. The search ends with ``compared`` candidates, or when it has met
    ``visited`` rows (None: without a limit). With fewer candidates, its answer is not to be
    trusted.
    """

    index: IndexBuild
    effort: int
    cap: int
    compared: int
    visited: int | None = None


def plans_for(
    space: EmbeddingSpace, *, within: ImageQuerySet | None, limit: int, kind: QueryKind
) -> tuple[IndexPlan, ...]:
    """The searches with the index to try, in order. If none gives an answer that can be trusted,
    and if there are none, the search is exact.

    PostgreSQL's estimate of the number of candidates decides. It takes a query of its own, once a
    minute for each filter in each process.
    """
    index: IndexBuild | None = getattr(space, "index", None)
    if index is None or not index.is_worthwhile:
        return ()
    effort = index.effort(kind)
    if within is None:
        return (IndexPlan(index, effort, effort * _CAP, limit),)
    candidates = estimated_rows(within)
    share = min(1.0, candidates / max(index.rows, 1))
    most_compared = _most_compared(index, share, limit)
    if candidates <= most_compared:
        return ()
    effort = _bounded(index, effort * share**-_DEPTH_POWER)
    visited = math.ceil(_SPARSE * limit / share)
    first = IndexPlan(index, effort, effort * _CAP, limit, visited)
    if candidates <= most_compared * _DEEPER:
        return (first,)
    effort = _bounded(index, effort * _DEEPER)
    return first, IndexPlan(index, effort, effort * _CAP, limit)


def _most_compared(index: IndexBuild, share: float, limit: int) -> float:
    """How many candidates are to be compared one by one, if they are this share of the rows.

    The index needs more probes for a small share, and gives many rows that are no candidates.
    """
    if not share:
        return math.inf
    probing = index.exact_rows * math.pow(share, -_DEPTH_POWER)
    return _WORTH * (probing + _VISIT * limit / share)


def estimated_rows(images: ImageQuerySet) -> int:
    """PostgreSQL's own estimate of the number of rows, at most a minute old."""
    try:
        condition = images.condition
    except EmptyResultSet:
        return 0
    key = (condition.sql, *map(repr, condition.values))
    with _lock:
        known = _estimates.get(key)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {condition.keys}", condition.values)
        ((plan,),) = cursor.fetchall()
    rows = int(plan[0]["Plan"]["Plan Rows"])
    with _lock:
        _estimates[key] = rows
    return rows


def _bounded(index: IndexBuild, effort: float) -> int:
    # pgvector accepts up to 1000 for ef_search.
    return min(math.ceil(effort), 1000 if index.kind == IndexKind.HNSW else index.lists or 1)
