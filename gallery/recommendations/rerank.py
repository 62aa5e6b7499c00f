"""The order of a feed: each source gets its share, and no picture is much like those before (pure).

Maximal marginal relevance (Carbonell, Goldstein 1998): the next picture is the one that is relevant
and least like the pictures above it. The figures are from docs/decisions/0033-several-interests.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.recommendations.candidates import Source

Rows = npt.NDArray[np.float64]

_RELEVANCE = 0.7
_DIVERSITY = 1 - _RELEVANCE
# A picture exactly like a disliked one comes after all that are not.
_DISLIKE = 1.0
# A picture of today comes before an old one that is a little more relevant.
_FRESHNESS = 0.1
FRESH_DAYS = 14.0


@dataclass(frozen=True)
class Pool:
    """The candidates of all sources. ``rows`` ``(n, width)`` are their unit vectors, zero for those
    without one; ``disliked`` ``(m, width)`` those of disliked pictures. ``ages`` are in days.
    ``copies`` are the near-duplicates of a key; one of them is enough.
    """

    keys: Sequence[uuid.UUID]
    rows: Rows
    disliked: Rows
    ages: Rows
    seen: npt.NDArray[np.bool_]
    copies: Mapping[uuid.UUID, Collection[uuid.UUID]]


def ranked(pool: Pool, sources: Sequence[Source], limit: int) -> list[tuple[uuid.UUID, Source]]:
    """At most ``limit`` keys of the pool, each with the source that it comes from. Pictures that
    the person has seen come after all others.
    """
    scores = _Scores(pool, sources)
    shares = np.asarray([source.share for source in sources])
    shares = shares / max(float(shares.sum()), 1e-9)
    taken = np.zeros(len(sources))
    chosen: list[tuple[uuid.UUID, Source]] = []
    for is_seen in (False, True):
        scores.allow(pool.seen == is_seen)
        while len(chosen) < limit:
            # The source that is farthest behind its share, and has a candidate left.
            missing = np.where(scores.has_left(), shares * (len(chosen) + 1) - taken, -np.inf)
            if not len(missing) or np.isneginf(missing.max()):
                break
            number = int(np.argmax(missing))
            chosen.append((pool.keys[scores.take_from(number)], sources[number]))
            taken[number] += 1
    return chosen


class _Scores:
    """``relevance`` ``(sources, n)`` is -inf where a picture is not a candidate of the source."""

    def __init__(self, pool: Pool, sources: Sequence[Source]) -> None:
        place = {key: index for index, key in enumerate(pool.keys)}
        self._copies = {
            place[key]: [place[copy] for copy in copies if copy in place]
            for key, copies in pool.copies.items()
            if key in place
        }
        self.relevance = np.full((len(sources), len(pool.keys)), -np.inf)
        for number, source in enumerate(sources):
            for key, relevance in source.candidates:
                if key in place:
                    self.relevance[number, place[key]] = relevance
        similar = pool.rows @ pool.rows.T
        self._floor = _mean_similarity(similar)
        self._similar = self._scaled(similar)
        disliked = self._scaled(pool.rows @ pool.disliked.T)
        self._fixed = (
            _FRESHNESS * 0.5 ** (pool.ages / FRESH_DAYS)
            - _DISLIKE * disliked.max(axis=1, initial=0.0)
        )  # fmt: skip
        self._shown = np.zeros(len(pool.keys))
        self._left = np.ones(len(pool.keys), dtype=bool)
        self._allowed = self._left

    def allow(self, allowed: npt.NDArray[np.bool_]) -> None:
        """Take from these only."""
        self._allowed = allowed

    def has_left(self) -> npt.NDArray[np.bool_]:
        """For each source, whether a candidate is left."""
        candidates = np.isfinite(self.relevance) & (self._left & self._allowed)
        return np.asarray(candidates.any(axis=1))

    def take_from(self, number: int) -> int:
        """The index of the best candidate that is left."""
        values = _RELEVANCE * self.relevance[number] + self._fixed - _DIVERSITY * self._shown
        best = int(np.argmax(np.where(self._left & self._allowed, values, -np.inf)))
        self._left[best] = False
        self._left[self._copies.get(best, [])] = False
        self._shown = np.maximum(self._shown, self._similar[best])
        return best

    def _scaled(self, similarities: Rows) -> Rows:
        """From 0 for pictures that are no more alike than usual, to 1 for the same picture.

        Any two pictures of a CLIP space have a high cosine.
        """
        scaled = (similarities - self._floor) / max(1 - self._floor, 1e-6)
        return np.asarray(np.clip(scaled, 0.0, 1.0))


def _mean_similarity(similar: Rows) -> float:
    """Return the mean of all pairs of different pictures of the pool."""
    count = len(similar)
    if count < 2:
        return 0.0
    return float((similar.sum() - np.trace(similar)) / (count * (count - 1)))
