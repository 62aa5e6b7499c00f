"""One measured setting of a program that searches vectors, and latency at equal recall."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

K = 10
# Float32 sums in another order differ by less.
_TIE = 1e-5

Vectors = npt.NDArray[np.float32]
Search = Callable[[npt.NDArray[np.float32]], Sequence[int]]


@dataclass(frozen=True)
class Point:
    """Recall@10, and milliseconds per query of one client on one thread."""

    setting: str
    query_kind: str
    recall: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Workload:
    """``vectors`` ``(n, 512)``, unit rows. ``queries`` and ``worst`` by kind of query: ``(q, 512)``
    unit rows, and the cosine distance of each query's tenth neighbour.
    """

    vectors: Vectors
    queries: dict[str, Vectors]
    worst: dict[str, npt.NDArray[np.float32]]


def exact_worst(vectors: Vectors, queries: Vectors) -> npt.NDArray[np.float32]:
    """The cosine distance of each query's tenth neighbour, in batches of 100 queries."""
    batches = [
        1 - queries[start : start + 100] @ vectors.T for start in range(0, len(queries), 100)
    ]
    worst = [np.partition(batch, K - 1, axis=1)[:, K - 1] for batch in batches]
    return np.concatenate(worst).astype(np.float32)


def measure(setting: str, kind: str, search: Search, workload: Workload) -> Point:
    """Ten queries warm up. Recall counts every id that is no farther than the tenth neighbour."""
    queries, worst = workload.queries[kind], workload.worst[kind]
    for query in queries[:10]:
        search(query)
    times, hits = [], 0
    for query, limit in zip(queries, worst, strict=True):
        started = time.perf_counter()
        rows = list(search(query))[:K]
        times.append((time.perf_counter() - started) * 1000)
        if rows:
            hits += int(np.sum(1 - workload.vectors[rows] @ query <= limit + _TIE))
    p50, p99 = np.percentile(times, [50, 99])
    return Point(setting, kind, hits / (K * len(queries)), float(p50), float(p99))


def milliseconds_at(recall: float, points: Iterable[Point]) -> float | None:
    """The least p50 that reaches ``recall``: of a point, or between two points that enclose it.

    None if no point reaches it.
    """
    ordered = sorted(points, key=lambda point: point.recall)
    reached = [point for point in ordered if point.recall >= recall]
    below = [point for point in ordered if point.recall < recall]
    if not reached:
        return None
    best = min(reached, key=lambda point: point.p50)
    slower = [point for point in below if point.p50 < best.p50]
    if not slower:
        return best.p50
    near = slower[-1]
    share = (recall - near.recall) / (best.recall - near.recall)
    return near.p50 + share * (best.p50 - near.p50)
