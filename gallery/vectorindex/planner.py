"""Whether a search uses the index, and how thoroughly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild


@dataclass(frozen=True)
class IndexPlan:
    """``effort`` is the number of probes (ivfflat) or ``ef_search`` (HNSW)."""

    index: IndexBuild
    effort: int


def plan_for(
    space: EmbeddingSpace, *, within: QuerySet[Any] | None, limit: int, kind: QueryKind
) -> IndexPlan | None:
    """None if the search should be exact."""
    index: IndexBuild | None = getattr(space, "index", None)
    if index is None:
        return None
    return IndexPlan(index, index.effort(kind))
