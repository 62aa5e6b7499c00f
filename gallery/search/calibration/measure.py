"""Measures from which cosine a hit counts as an answer in this gallery."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gallery.core.query_kind import QueryKind
from gallery.embeddings.model_facts import facts_of
from gallery.encoders.base import Vectors
from gallery.encoders.relevance_threshold import Cosines
from gallery.models import EmbeddingSpace
from gallery.search.bands import BandThresholds, best_of
from gallery.search.calibration import background
from gallery.search.calibration.hubs import hubs_of
from gallery.vectorindex.neighbours import nearest
from gallery.vectorindex.sample import sample

# 5,000 vectors are 10 MB.
_SAMPLE = 5_000
# Several hubs may be nearer to a background query than the best other picture.
_NEAREST = 50
# The shares of background queries whose best hit is below the threshold.
_BELOW_WEAK, _BELOW_GOOD, _BELOW_STRONG = 0.95, 0.97, 0.99
# How far the measurement may move the thresholds that were measured for the model. The model's
# ones are known to keep right answers; background queries that the gallery happens to answer, or
# that it answers less often than other unknown queries, must not undo that.
_LOWER, _HIGHER = 0.015, 0.04


@dataclass(frozen=True)
class Measurement:
    """``queries`` is the number of background queries."""

    thresholds: BandThresholds
    queries: int


def measure(space: EmbeddingSpace, kind: QueryKind) -> Measurement | None:
    """None if the space has no vectors. Takes seconds; searches and uploads go on.

    Raises like ``spaces.encoder_of``, and ``BadEmbedding``.
    """
    ids, vectors = sample(space, _SAMPLE)
    if not ids:
        return None
    queries = background.vectors_of(space, kind)
    hubs = hubs_of(space, kind, queries=queries, sample=vectors)
    offsets = np.array([hubs.get(key, 0.0) for key in ids], dtype=np.float32)
    best = (queries @ vectors.T - offsets).max(axis=1)
    if len(ids) == _SAMPLE:  # otherwise the sample is the gallery
        best = np.maximum(best, _best_among_nearest(space, kind, queries=queries, hubs=hubs))
    quantiles = np.quantile(best, (_BELOW_WEAK, _BELOW_GOOD, _BELOW_STRONG))
    cosines = Cosines(*(round(float(cosine), 4) for cosine in quantiles))
    if constants := constants_of(space, kind):
        cosines = shifted(constants, to=cosines.weak)
    thresholds = BandThresholds(cosines.weak, cosines.good, cosines.strong, hubs)
    return Measurement(thresholds, len(queries))


def constants_of(space: EmbeddingSpace, kind: QueryKind) -> Cosines | None:
    """The thresholds that were measured for the space's model in another gallery."""
    measured = facts_of(space).relevance_threshold
    if measured is None:
        return None
    return measured.text if kind == QueryKind.TEXT else measured.image


def shifted(constants: Cosines, *, to: float) -> Cosines:
    """The thresholds of the model, all moved by the same cosine so that ``weak`` comes as near to
    ``to`` as allowed.
    """
    moved = round(min(max(to - constants.weak, -_LOWER), _HIGHER), 4)
    return Cosines(constants.weak + moved, constants.good + moved, constants.strong + moved)


def _best_among_nearest(
    space: EmbeddingSpace, kind: QueryKind, *, queries: Vectors, hubs: Mapping[uuid.UUID, float]
) -> Vectors:
    """``(n,)``: the highest corrected similarity of each query in the gallery.

    If all of the nearest are hubs, it is too low; the sample then has a better one.
    """
    thresholds = BandThresholds(0, 0, 0, hubs)
    best = []
    for query in queries:
        neighbours = nearest(space, query, within=None, limit=_NEAREST, kind=kind)
        pairs = ((neighbour.image_id, 1 - neighbour.distance) for neighbour in neighbours)
        best.append(best_of(pairs, thresholds))
    return np.array([-1.0 if value is None else value for value in best], dtype=np.float32)
