"""Raw pgvector with many numbers of lists and probes, beside the calibrated index.

Used by vector_search.py. The sweep is the best that a person could tune by hand: each statement is
the shortest that pgvector answers from an index, and the setting of the probes is not counted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

from django.db import connection

from benchmarks.protocol import percentiles
from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vectors
from gallery.models import EmbeddingSpace, IndexKind
from gallery.vectorindex import build, names
from gallery.vectorindex.calibration import queries
from gallery.vectorindex.calibration.queries import QuerySample, Source

K = 10
_SHARES = (0.01, 0.015, 0.02, 0.03, 0.045, 0.06, 0.09, 0.12, 0.16)


def held_out(space: EmbeddingSpace, texts: Vectors) -> dict[QueryKind, QuerySample]:
    """The queries of the calibration, other ones than those of the benchmark."""
    return {
        QueryKind.TEXT: QuerySample(QueryKind.TEXT, Source.PAST_QUERIES, texts),
        QueryKind.PICTURE: queries.pictures(space, len(texts)),
    }


def setting(space: EmbeddingSpace, kind: str) -> str:
    index = space.index
    return f"{index.lists} lists, {index.effort(QueryKind(kind))} probes"


def sweep(
    space: EmbeddingSpace,
    kinds: Mapping[str, Vectors],
    worst: Mapping[str, Sequence[float]],
    factors: Sequence[float],
) -> list[list[str]]:
    """Rows of the table: raw pgvector with ``factor * sqrt(rows)`` lists and shares of them."""
    rows = []
    for factor in factors:
        lists = round(factor * math.sqrt(space.index.rows))
        raw = build.create(space, IndexKind.IVFFLAT, lists)
        condition = names.condition_of(space.pk, raw.name)
        for kind, vectors in kinds.items():
            for share in _SHARES:
                probes = max(1, round(lists * share))
                figures = _measure(condition, probes, vectors, worst[kind])
                if float(figures[0]) >= 0.9:
                    label = f"raw pgvector, {lists} lists, {probes} probes"
                    rows.append([f"{label} (built in {raw.seconds:.0f} s)", kind, *figures])
        build.drop_index(raw.name)
    return rows


def _measure(
    condition: str, probes: int, vectors: Vectors, worst: Sequence[float]
) -> tuple[str, str, str]:
    times, hits = [], 0
    with connection.cursor() as cursor:
        cursor.execute(f"SET ivfflat.probes = {probes}; SET enable_sort = off")
        for vector, limit in zip(vectors, worst, strict=True):
            text = str(vector.tolist())
            started = time.perf_counter()
            cursor.execute(
                "SELECT image_id, vector <=> %s::vector AS distance FROM gallery_embedding"
                f" WHERE {condition} ORDER BY distance LIMIT {K}",
                [text],
            )
            answer = cursor.fetchall()
            times.append((time.perf_counter() - started) * 1000)
            hits += min(K, sum(distance <= limit + 1e-5 for _, distance in answer))
        cursor.execute("RESET ivfflat.probes; RESET enable_sort")
    p50, p99 = percentiles(times)
    return f"{hits / (K * len(vectors)):.3f}", f"{p50:.1f}", f"{p99:.1f}"
