"""The least probes of an index that reach the target recall, for each kind of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexKind, IndexMeasurement
from gallery.vectorindex.build import Candidate, usual_effort
from gallery.vectorindex.calibration import recall, truth
from gallery.vectorindex.calibration.queries import QuerySample
from gallery.vectorindex.calibration.recall import K, KnownQueries, Recall

Known = Mapping[QueryKind, KnownQueries]

# Two searches of three are by text.
_WEIGHTS = {QueryKind.TEXT: 2 / 3, QueryKind.PICTURE: 1 / 3}
# The chosen effort is at most this factor above the least one.
_PRECISION = 1.12
_WIDER = 1.6
# pgvector's limit for ef_search.
_MOST_EF = 1000


@dataclass
class Calibration:
    """``efforts`` reach the target, or are the highest there are. ``points`` has every setting
    that was measured.
    """

    candidate: Candidate
    efforts: dict[QueryKind, int] = field(default_factory=dict)
    points: dict[tuple[QueryKind, int], Recall] = field(default_factory=dict)

    def chosen(self, kind: QueryKind) -> Recall:
        return self.points[kind, self.efforts[kind]]


def known_queries(space: EmbeddingSpace, samples: Mapping[QueryKind, QuerySample]) -> Known:
    """The samples with their right answers. Reads all vectors of the space once."""
    stored = min(len(sample.vectors) for sample in samples.values())
    k = max(1, min(K, stored - 1))
    distances = truth.farthest_right_distances(space, samples.values(), k)
    return {
        kind: KnownQueries(sample, farthest, k)
        for (kind, sample), farthest in zip(samples.items(), distances, strict=True)
    }


def calibrate(candidate: Candidate, known: Known, target: float) -> Calibration:
    """Find the efforts by measuring. The lower end of the confidence interval reaches ``target``.

    Takes some hundred searches for each kind of queries.
    """
    result = Calibration(candidate)
    for kind, queries in known.items():
        result.efforts[kind] = _least_effort(result, kind, queries, target)
    return result


def quickest(first: Calibration, second: Calibration, known: Known) -> Calibration:
    """The calibration whose searches take less time. They are measured again, in turns."""
    times: list[dict[QueryKind, float]] = [{}, {}]
    for kind, queries in known.items():
        settings = [(one.candidate.as_build(), one.efforts[kind]) for one in (first, second)]
        for spent, milliseconds in zip(times, recall.latencies(settings, queries), strict=True):
            spent[kind] = milliseconds
    return first if weighted(times[0]) <= weighted(times[1]) else second


def weighted(milliseconds: Mapping[QueryKind, float]) -> float:
    """The mean time of a search, with more searches by text than by picture."""
    return sum(_WEIGHTS[kind] * spent for kind, spent in milliseconds.items())


def record(
    space: EmbeddingSpace, calibrations: list[Calibration], chosen: Calibration, known: Known
) -> None:
    """Replace the measurements of the space."""
    rows = [
        IndexMeasurement(
            space=space,
            query_kind=kind,
            index_kind=one.candidate.kind,
            lists=one.candidate.lists,
            effort=effort,
            rows=one.candidate.rows,
            queries=point.queries,
            source=known[kind].sample.source,
            recall=point.mean,
            recall_low=point.low,
            recall_high=point.high,
            milliseconds=point.milliseconds,
            chosen=one is chosen and one.efforts[kind] == effort,
        )
        for one in calibrations
        for (kind, effort), point in one.points.items()
    ]
    with transaction.atomic():
        IndexMeasurement.objects.filter(space=space).delete()
        IndexMeasurement.objects.bulk_create(rows)


def _least_effort(
    result: Calibration, kind: QueryKind, queries: KnownQueries, target: float
) -> int:
    """Bracket the least effort that reaches the target, then halve the bracket."""
    index, most = result.candidate.as_build(), _most_effort(result.candidate)

    def reaches(effort: int) -> bool:
        point = recall.measure(index, effort, queries, target=target)
        result.points[kind, effort] = point
        return point.low >= target

    effort = min(most, max(1, usual_effort(result.candidate.kind, result.candidate.lists) // 2))
    recall.warm_up(index, effort, queries)
    low, high = 0, 0
    while not high:
        if reaches(effort):
            high = effort
        elif effort == most:
            return most
        else:
            low, effort = effort, min(most, max(effort + 1, round(effort * _WIDER)))
    while not low and high > 1:
        effort = max(1, round(high / _WIDER))
        if effort == high or not reaches(effort):
            low = min(effort, high - 1)
        else:
            high = effort
    while high - low > 1 and high > low * _PRECISION:
        middle = round((low * high) ** 0.5) if low else high // 2
        middle = min(max(middle, low + 1), high - 1)
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def _most_effort(candidate: Candidate) -> int:
    return _MOST_EF if candidate.kind == IndexKind.HNSW else candidate.lists or 1
