"""What is known about the vector index of a space, for command, admin, API and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.embeddings.coverage import Coverage, coverage_of
from gallery.models import (
    WIDTH,
    Embedding,
    EmbeddingSpace,
    IndexBuild,
    IndexKind,
    IndexMeasurement,
)
from gallery.vectorindex import due, extension, statistics
from gallery.vectorindex.due import Due
from gallery.vectorindex.statistics import BuildProgress


@dataclass(frozen=True)
class IndexStatus:
    """``index`` is None while the space's searches are exact, and ``size`` is then 0 (bytes).

    ``rows`` counts the vectors of the space. ``chosen`` has the measurement of the setting that
    searches use, for each kind of queries that was measured. ``measurements`` are those of the
    last calibrations, best latency first. ``due`` is the reason for the next build or calibration,
    or None. ``progress`` describes a build that is running now. ``pgvector`` is the version of the
    server's library, ``warnings`` are its faults that concern the index.
    """

    space: EmbeddingSpace
    rows: int
    coverage: Coverage
    index: IndexBuild | None
    size: int
    chosen: dict[QueryKind, IndexMeasurement]
    measurements: tuple[IndexMeasurement, ...]
    due: Due | None
    progress: BuildProgress | None
    pgvector: str
    warnings: tuple[str, ...]
    width: int = WIDTH

    @property
    def age(self) -> timedelta | None:
        """The time since the index was built."""
        return None if self.index is None else timezone.now() - self.index.built_at

    @property
    def efforts(self) -> dict[QueryKind, int]:
        """Probes (ivfflat) or ``ef_search`` (HNSW) by kind of query; empty without an index."""
        return {} if self.index is None else {kind: self.index.effort(kind) for kind in QueryKind}


def status_of(space: EmbeddingSpace) -> IndexStatus:
    index = IndexBuild.objects.filter(space=space).first()
    kind = IndexKind(index.kind if index else config().index_kind)
    pgvector = extension.current()
    measurements = tuple(IndexMeasurement.objects.filter(space=space).order_by("milliseconds"))
    return IndexStatus(
        space=space,
        rows=Embedding.objects.filter(space=space).count(),
        coverage=coverage_of(space),
        index=index,
        size=statistics.size_of(index.name) if index else 0,
        chosen={QueryKind(one.query_kind): one for one in measurements if one.chosen},
        measurements=measurements,
        due=due.reason_of(space, index),
        progress=progress_of(space),
        pgvector=pgvector.library,
        warnings=tuple(pgvector.warnings(kind)),
    )


def progress_of(space: EmbeddingSpace) -> BuildProgress | None:
    """The build of an index of the space that runs now, in any process."""
    return statistics.progress_of(space)
