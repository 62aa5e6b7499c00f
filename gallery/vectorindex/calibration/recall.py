"""Recall and latency of an index, for queries whose right answers are known."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from statistics import NormalDist, median

import numpy as np
import numpy.typing as npt

from gallery.models import IndexBuild
from gallery.vectorindex import statements
from gallery.vectorindex.calibration.queries import QuerySample
from gallery.vectorindex.planner import IndexPlan

# Recall is measured of the ten nearest.
K = 10
_CONFIDENCE = 0.95
# pgvector computes with float32.
_ROUNDING = 1e-5
# After so many queries, a setting that is clearly too low or high enough is not measured further.
_STEP = 50
_WARM_UP = 10
_RUNS = 2


@dataclass(frozen=True)
class KnownQueries:
    """Queries, and for each the cosine distance up to which an image is a right answer."""

    sample: QuerySample
    distances: npt.NDArray[np.float64]
    k: int = K

    def __len__(self) -> int:
        return len(self.distances)


@dataclass(frozen=True)
class Recall:
    """Recall@k with its 95 % confidence interval, and the median milliseconds of a statement."""

    mean: float
    low: float
    high: float
    milliseconds: float
    queries: int


def measure(
    index: IndexBuild, effort: int, queries: KnownQueries, *, target: float | None = None
) -> Recall:
    """Run the queries as searches run them. With a ``target``, stop as soon as it is clear that
    the recall is below it.
    """
    shares: list[float] = []
    times: list[float] = []
    for number in range(len(queries)):
        share, milliseconds = _search(index, effort, queries, number)
        shares.append(share)
        times.append(milliseconds)
        if target is not None and len(shares) % _STEP == 0 and interval_of(shares)[1] < target:
            break
    low, high = interval_of(shares)
    return Recall(sum(shares) / len(shares), low, high, median(times), len(shares))


def warm_up(index: IndexBuild, effort: int, queries: KnownQueries) -> None:
    for number in islice(range(len(queries)), _WARM_UP):
        _search(index, effort, queries, number)


def latencies(
    settings: list[tuple[IndexBuild, int]], queries: KnownQueries, count: int = 60
) -> list[float]:
    """Median milliseconds of each setting. They take turns, so that other work of the machine
    slows all of them equally.

    The quicker of two runs of a query counts: two large indexes may not fit into PostgreSQL's
    memory together, and the one that was built last would win because it is still there.
    """
    times: list[list[float]] = [[] for _ in settings]
    for number in islice(range(len(queries)), count):
        for spent, (index, effort) in zip(times, settings, strict=True):
            runs = (_search(index, effort, queries, number)[1] for _ in range(_RUNS))
            spent.append(min(runs))
    return [median(spent) for spent in times]


def interval_of(shares: list[float]) -> tuple[float, float]:
    """The confidence interval of the mean of at least one value between 0 and 1.

    Where all values are equal, the interval is that of one more query with the opposite result.
    """
    values = np.array(shares)
    if len(set(shares)) == 1:
        values = np.append(values, 1 - values[0])
    z = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)
    half = z * float(values.std(ddof=1)) / np.sqrt(len(values))
    mean = sum(shares) / len(shares)
    return max(0.0, mean - float(half)), min(1.0, mean + float(half))


def _search(
    index: IndexBuild, effort: int, queries: KnownQueries, number: int
) -> tuple[float, float]:
    """The share of right answers of one query, and the milliseconds of its statement."""
    sample, k = queries.sample, queries.k
    own = sample.own[number] if sample.own else None
    plan = IndexPlan(index, effort, cap=effort, compared=k + bool(own))
    statement = statements.by_index(plan, sample.vectors[number], within=None)
    if statement is None:
        return 0.0, 0.0
    started = time.perf_counter()
    neighbours = statement.run()
    milliseconds = (time.perf_counter() - started) * 1000
    others = [neighbour for neighbour in neighbours if neighbour.image_id != own]
    worst = float(queries.distances[number]) + _ROUNDING
    right = sum(neighbour.distance <= worst for neighbour in others[:k])
    return right / k, milliseconds
