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
from gallery.search.bands import BandThresholds
from gallery.search.calibration import background
from gallery.search.calibration.hubs import hubs_of
from gallery.vectorindex.calibration.sample import sample
from gallery.vectorindex.neighbours import nearest

# 5,000 vectors are 10 MB.
_SAMPLE = 5_000
# Several hubs may be nearer to a background query than the best other picture.
_NEAREST = 50
# The shares of background queries whose best hit is below the threshold.
_BELOW_WEAK, _BELOW_GOOD, _BELOW_STRONG = 0.95, 0.97, 0.99
# How far the measurement may move "weak" down and up from the model's constant. The constants are
# known to keep right answers, so background queries that the gallery happens to answer must not
# move it far up. Down, texts about things that the encoder knows and the gallery lacks would look
# answered; unknown pictures have much lower cosines than known ones (decision 0009).
_LOWER = {QueryKind.TEXT: 0.015, QueryKind.PICTURE: 0.12}
_HIGHER = 0.04


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
    # A scanned page is a right answer to a background query that is a page.
    ordinary = np.array([key not in hubs for key in ids])
    similarities = queries @ vectors[ordinary].T
    best = similarities.max(axis=1)
    if len(ids) == _SAMPLE:  # otherwise the sample is the gallery
        best = np.maximum(best, _best_among_nearest(space, kind, queries=queries, hubs=hubs))
    quantiles = np.quantile(best, (_BELOW_WEAK, _BELOW_GOOD, _BELOW_STRONG))
    cosines = Cosines(*(round(float(cosine), 4) for cosine in quantiles))
    if constants := constants_of(space, kind):
        cosines = shifted(constants, kind, to=cosines.weak)
    # A negative median is how far the background queries are from the gallery, not how far an
    # unrelated query of a person is.
    unrelated = max(0.0, round(float(np.median(similarities)), 4))
    thresholds = BandThresholds(cosines.weak, cosines.good, cosines.strong, unrelated, hubs)
    return Measurement(thresholds, len(queries))


def constants_of(space: EmbeddingSpace, kind: QueryKind) -> Cosines | None:
    """The thresholds that were measured for the space's model in another gallery."""
    measured = facts_of(space).relevance_threshold
    if measured is None:
        return None
    return measured.text if kind == QueryKind.TEXT else measured.image


def shifted(constants: Cosines, kind: QueryKind, *, to: float) -> Cosines:
    """The thresholds of the model, with ``weak`` moved as near to ``to`` as allowed.

    The others only move up: they are the cosines from which most hits are relevant.
    """
    moved = min(max(to - constants.weak, -_LOWER[kind]), _HIGHER)
    up = max(moved, 0.0)
    return Cosines(constants.weak + moved, constants.good + up, constants.strong + up)


def _best_among_nearest(
    space: EmbeddingSpace, kind: QueryKind, *, queries: Vectors, hubs: Mapping[uuid.UUID, float]
) -> Vectors:
    """``(n,)``: the highest similarity of each query to a picture that is no hub.

    -1 if all of the nearest are hubs; the sample then has a better one.
    """
    best = []
    for query in queries:
        neighbours = nearest(space, query, within=None, limit=_NEAREST, kind=kind)
        ordinary = (1 - each.distance for each in neighbours if each.image_id not in hubs)
        best.append(max(ordinary, default=-1.0))
    return np.array(best, dtype=np.float32)
