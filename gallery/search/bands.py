"""Decides from cosine similarities how well a hit matches, and when nothing is close.

The thresholds and the hubs come from ``search.relevance``. A hub is a picture that is near to
almost every query, for instance noise or a scanned page, because the encoder does not know its
kind. Its similarities are lowered before they are compared with a threshold.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gallery.search.query import Band


@dataclass(frozen=True)
class BandThresholds:
    """Cosines. If no hit reaches ``weak``, the query has probably no answer; hits from ``good``
    and from ``strong`` are in these bands, all others are weak.

    ``hubs`` has, for each hub, how much nearer it is to a background query than the median
    picture of the gallery.
    """

    weak: float
    good: float
    strong: float
    hubs: Mapping[uuid.UUID, float] = field(default_factory=dict, repr=False, compare=False)


def corrected(
    similarity: float, thresholds: BandThresholds, image_id: uuid.UUID | None = None
) -> float:
    """The similarity that is compared with the thresholds: lower than ``similarity`` for a hub."""
    return similarity if image_id is None else similarity - thresholds.hubs.get(image_id, 0.0)


def band_of(
    similarity: float, thresholds: BandThresholds, image_id: uuid.UUID | None = None
) -> Band:
    """The band of a hit. Without ``image_id`` hubs are not recognised."""
    cosine = corrected(similarity, thresholds, image_id)
    if cosine >= thresholds.strong:
        return Band.STRONG
    return Band.GOOD if cosine >= thresholds.good else Band.WEAK


def best_of(
    similarities: Iterable[tuple[uuid.UUID, float]], thresholds: BandThresholds
) -> float | None:
    """The highest corrected similarity; None if there are no hits.

    The nearest hit is not always the best: a hub may be nearer than the answer.
    """
    cosines = (corrected(value, thresholds, image_id) for image_id, value in similarities)
    return max(cosines, default=None)


def nothing_close(best: float | None, thresholds: BandThresholds) -> bool:
    """Whether even the best hit is probably no answer. ``best`` comes from ``best_of``; without
    hits there is nothing to judge.
    """
    return best is not None and best < thresholds.weak
