"""Builds and calibrates the index of a space: measured, the quickest that reaches the target."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexBuild, IndexKind, IndexMeasurement
from gallery.operations import index_queries
from gallery.vectorindex import build
from gallery.vectorindex.build import Candidate
from gallery.vectorindex.calibration import calibrate, recall
from gallery.vectorindex.calibration.calibrate import Calibration, Known
from gallery.vectorindex.calibration.exact_cost import measure_exact_rows
from gallery.vectorindex.calibration.queries import QuerySample

log = logging.getLogger(__name__)

# Twice as many lists take about four times as long to build. A build is tried if it probably takes
# less than this many seconds.
_BUILD_SECONDS = 600
_TIMES_LONGER = 4.5
# With fewer rows all numbers of lists are quick.
FEW_ROWS = 1000
_MUCH_SLOWER = 1.5
# So few vectors are not measured.
_TOO_FEW = 3


def build_best(
    space: EmbeddingSpace, samples: Mapping[QueryKind, QuerySample] | None = None
) -> IndexBuild:
    """Build indexes with different numbers of lists and keep the quickest that reaches the target.

    ``samples`` are the queries to measure with, by default those of ``index_queries``. If the
    space has no index, searches use the first one from the moment it is built. Takes minutes; must
    run outside a transaction and by one process at a time.
    """
    build.drop_orphans(space)
    rows = Embedding.objects.filter(space=space).count()
    first = build.create(space, IndexKind(config().index_kind), build.usual_lists(rows))
    if rows < _TOO_FEW or not IndexBuild.objects.filter(space=space).exists():
        effort = build.usual_effort(first.kind, first.lists)
        index = build.adopt(space, first, dict.fromkeys(QueryKind, effort))
        if rows < _TOO_FEW:
            return index
    known = calibrate.known_queries(space, samples or index_queries.samples(space))
    best, every = _compared(space, first, known)
    exact_rows = measure_exact_rows(space, best, known)
    index = build.adopt(space, best.candidate, best.efforts, exact_rows=exact_rows)
    calibrate.record(space, every, best, known)
    return index


def _compared(
    space: EmbeddingSpace, first: Candidate, known: Known
) -> tuple[Calibration, list[Calibration]]:
    """The quickest number of lists, and all that were measured. Drops the slower indexes."""
    target = config().target_recall
    best = calibrate.calibrate(first, known, target)
    every = [best]
    for factor in _factors(first):
        if factor > 1 and best.candidate is not first:
            break
        lists = max(1, round((first.lists or 1) * factor))
        other = calibrate.calibrate(build.create(space, first.kind, lists), known, target)
        every.append(other)
        better = calibrate.quickest(best, other, known)
        _drop_unused(space, (other if better is best else best).candidate)
        best = better
    return best, every


def recalibrate(space: EmbeddingSpace, index: IndexBuild) -> IndexBuild:
    """Measure the index in use again and set its efforts. Too few vectors are not measured."""
    if Embedding.objects.filter(space=space).count() < _TOO_FEW:
        return index
    known = calibrate.known_queries(space, index_queries.samples(space))
    candidate = _in_use(space, index)
    result = calibrate.calibrate(candidate, known, config().target_recall)
    exact_rows = measure_exact_rows(space, result, known)
    with transaction.atomic():
        IndexBuild.objects.filter(pk=index.pk).update(
            text_effort=result.efforts[QueryKind.TEXT],
            picture_effort=result.efforts[QueryKind.PICTURE],
            exact_rows=exact_rows,
            calibrated_at=Now(),
        )
        calibrate.record(space, [result], result, known)
    return IndexBuild.objects.get(pk=index.pk)


def check(space: EmbeddingSpace, index: IndexBuild) -> bool:
    """Measure the recall of the efforts in use, and store it; whether it reaches the target.

    Takes seconds. The rows of the measurement become the rows that exist now.
    """
    rows, reaches = Embedding.objects.filter(space=space).count(), True
    if rows < _TOO_FEW:
        return True
    known = calibrate.known_queries(space, index_queries.samples(space))
    for kind, queries in known.items():
        point = recall.measure(index, index.effort(kind), queries)
        reaches = reaches and point.mean >= config().target_recall
        IndexMeasurement.objects.filter(space=space, query_kind=kind, chosen=True).update(
            recall=point.mean, recall_low=point.low, recall_high=point.high, rows=rows,
            milliseconds=point.milliseconds, queries=point.queries,
            source=queries.sample.source, measured_at=Now(),
        )  # fmt: skip
    return reaches


def is_slower(before: IndexBuild, after: IndexBuild) -> bool:
    """Whether a calibration has raised the efforts so much that other lists are worth a build."""
    return any(after.effort(kind) > _MUCH_SLOWER * before.effort(kind) for kind in QueryKind)


def _factors(first: Candidate) -> list[float]:
    """Half as many lists as the first index has, then twice as many if half was not better."""
    if first.lists is None or first.rows < FEW_ROWS:
        return []
    return [0.5, 2] if first.seconds * _TIMES_LONGER < _BUILD_SECONDS else [0.5]


def _drop_unused(space: EmbeddingSpace, candidate: Candidate) -> None:
    if not IndexBuild.objects.filter(space=space, name=candidate.name).exists():
        build.drop_index(candidate.name)


def _in_use(space: EmbeddingSpace, index: IndexBuild) -> Candidate:
    rows = Embedding.objects.filter(space=space).count()
    return Candidate(int(space.pk), index.name, IndexKind(index.kind), index.lists, rows, 0.0)
