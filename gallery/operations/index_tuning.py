"""Measures every kind of index on the gallery's own vectors, to see whether another is quicker."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexBuild, IndexKind
from gallery.models.locks import Lock, if_free
from gallery.operations import index_queries
from gallery.vectorindex import build, memory, statistics
from gallery.vectorindex.calibration import calibrate
from gallery.vectorindex.calibration.calibrate import Known
from gallery.vectorindex.calibration.recall import Recall


@dataclass(frozen=True)
class PlannedIndex:
    """An index that ``tune`` would build. ``memory`` and ``available`` are bytes."""

    kind: IndexKind
    lists: int | None
    memory: int
    available: int


@dataclass(frozen=True)
class MeasuredIndex:
    """``weighted`` is the milliseconds of a search, two of three by text; ``size`` is in bytes.

    The milliseconds of different kinds were not measured at the same time; compare small
    differences with care.
    """

    kind: IndexKind
    lists: int | None
    efforts: dict[QueryKind, int]
    recalls: dict[QueryKind, Recall]
    weighted: float
    size: int
    seconds: float
    in_use: bool


def planned(space: EmbeddingSpace) -> list[PlannedIndex]:
    """What ``tune`` would build (a dry run)."""
    rows = Embedding.objects.filter(space=space).count()
    available = memory.available()
    plans = []
    for kind in IndexKind:
        lists = memory.lists_within(available, kind, build.usual_lists(rows), rows)
        needed = memory.bytes_for(kind, lists, rows)
        shown = None if kind == IndexKind.HNSW else lists
        plans.append(PlannedIndex(kind, shown, needed, available))
    return plans


def tune(space: EmbeddingSpace) -> list[MeasuredIndex] | None:
    """Build and measure an index of each kind, quickest first; None if another process builds.

    Searches keep their index: the others are dropped. ``GALLERY_INDEX_KIND`` chooses another
    kind. Takes several times as long as a build, and the disk space of one more index.
    """
    with if_free(Lock.BUILD_INDEX) as is_free:
        if not is_free:
            return None
        build.drop_orphans(space)
        known = calibrate.known_queries(space, index_queries.samples(space))
        measured = [_measured(space, kind, known) for kind in IndexKind]
    return sorted(measured, key=lambda one: one.weighted)


def _measured(space: EmbeddingSpace, kind: IndexKind, known: Known) -> MeasuredIndex:
    index = IndexBuild.objects.filter(space=space, kind=kind).first()
    rows = Embedding.objects.filter(space=space).count()
    lists = index.lists if index and index.lists else build.usual_lists(rows)
    candidate = build.create(space, kind, lists)
    try:
        result = calibrate.calibrate(candidate, known, config().target_recall)
        return MeasuredIndex(
            kind,
            candidate.lists,
            result.efforts,
            {one: result.chosen(one) for one in known},
            calibrate.weighted({one: result.chosen(one).milliseconds for one in known}),
            statistics.size_of(candidate.name),
            candidate.seconds,
            in_use=index is not None,
        )
    finally:
        build.drop_index(candidate.name)
