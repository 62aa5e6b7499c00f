"""Decides from cosine similarities how well a hit matches, and when nothing is close.

The thresholds and the hubs come from ``search.relevance``. A hub is a picture that is near to
almost every query, for instance noise or a scanned page, because the encoder does not know its
kind. Its similarities are lowered before they are compared with a threshold.
"""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gallery.core.query_kind import QueryKind
from gallery.search.query import Band
from gallery.search.vectors.mixture import Mixture

# On the demo gallery, hits of searches by several terms that are so near to the best one are as
# often relevant as those above the threshold (decision 0012).
_AS_NEAR = 0.02


@dataclass(frozen=True)
class BandThresholds:
    """Cosines. If no hit reaches ``weak``, the query has probably no answer; hits from ``good``
    and from ``strong`` are in these bands, all others are weak.

    ``hubs`` has, for each hub, how much nearer it is to a background query than the median
    picture of the gallery. ``unrelated`` is the cosine of pictures that have nothing to do with
    the query: about 0 for the built-in encoder, but far above 0 for others.
    """

    weak: float
    good: float
    strong: float
    unrelated: float = 0.0
    hubs: Mapping[uuid.UUID, float] = field(default_factory=dict, repr=False, compare=False)


class _WeightedHubs(Mapping[uuid.UUID, float]):
    """How much nearer a hub is to a query vector of several terms.

    It is computed for the images that are judged, since a gallery may have thousands of hubs.
    """

    def __init__(self, parts: Iterable[tuple[Mapping[uuid.UUID, float], float]]) -> None:
        """``parts``: the hubs of each kind, and the weight of the terms of that kind."""
        self._parts = [(hubs, weight) for hubs, weight in parts if hubs and weight]

    def __getitem__(self, image_id: uuid.UUID) -> float:
        if not any(image_id in hubs for hubs, _ in self._parts):
            raise KeyError(image_id)
        return sum((hubs.get(image_id, 0.0) * weight for hubs, weight in self._parts), 0.0)

    def __iter__(self) -> Iterator[uuid.UUID]:
        return iter({image_id: None for hubs, _ in self._parts for image_id in hubs})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def combined(of_kind: Mapping[QueryKind, BandThresholds], mixture: Mixture) -> BandThresholds:
    """The thresholds of a vector of several terms, from those of its kinds (decision 0012).

    ``of_kind`` has the thresholds of all kinds of the mixture, which has a positive weight.
    "Nothing close" asks for what the terms ask for on average; negative terms lower it as they
    lower all cosines. The bands ask for more, because a picture that has only one of the terms
    must not reach them.
    """
    towards = mixture.towards
    total = sum(towards.values())
    unrelated = sum(of_kind[kind].unrelated * weight for kind, weight in mixture.net.items())

    def above_unrelated(name: str) -> float:
        """The mean of the terms, by their weights."""
        above = {kind: getattr(each, name) - each.unrelated for kind, each in of_kind.items()}
        weighted: float = sum(above[kind] * weight for kind, weight in towards.items())
        return weighted / total

    return BandThresholds(
        weak=unrelated + above_unrelated("weak") * min(1.0, total),
        good=unrelated + above_unrelated("good") * math.sqrt(total),
        strong=unrelated + above_unrelated("strong") * math.sqrt(total),
        hubs=_WeightedHubs((of_kind[kind].hubs, weight) for kind, weight in mixture.net.items()),
        unrelated=unrelated,
    )


def with_best(thresholds: BandThresholds, best: float | None) -> BandThresholds:
    """The thresholds of several terms if ``best`` is the highest similarity, from ``best_of``.

    Terms differ in how near their answers are, so the best hit is good unless nothing is close,
    and so are hits that are as near.
    """
    if best is None:
        return thresholds
    good = max(thresholds.weak, best - _AS_NEAR)
    return dataclasses.replace(thresholds, good=min(thresholds.good, good))


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
