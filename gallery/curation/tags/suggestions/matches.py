"""Which tags of a vocabulary fit pictures, from their vectors alone (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import Vectors

# The least share of a suggestion among the tags of its kind. Without it, a crab is suggested as a
# lobster too. Chosen with the demo pictures (decision 0027).
LEAST_SHARE = 0.3


class Match(NamedTuple):
    """Rows of the pictures and of the vocabulary, and their cosine."""

    picture: int
    tag: int
    cosine: float


class Condition(NamedTuple):
    """The least cosine of a tag, and its least share among the tags of its kind."""

    threshold: float
    least_share: float = LEAST_SHARE


@dataclass(frozen=True)
class Vocabulary:
    """``vectors`` ``(n, 512) float32`` are unit rows; tags with the same kind compete.

    ``thresholds`` are ``(n,)`` cosines; ``scale`` is the logit scale of the encoder. A tag with a
    least share of 0 fits by its threshold alone.
    """

    vectors: Vectors
    kinds: Sequence[str]
    thresholds: npt.NDArray[np.float32]
    scale: float
    least_shares: npt.NDArray[np.float32] | float = LEAST_SHARE

    def needing(self, conditions: Mapping[int, Condition]) -> Vocabulary:
        """What fits by these conditions, by the places of their tags; no other tag does."""
        thresholds = np.full(len(self.kinds), np.inf, np.float32)
        least_shares = np.zeros(len(self.kinds), np.float32)
        for place, (threshold, least_share) in conditions.items():
            thresholds[place], least_shares[place] = threshold, least_share
        return replace(self, thresholds=thresholds, least_shares=least_shares)

    def matches(self, pictures: Vectors) -> list[Match]:
        """The tags that fit each of ``pictures`` ``(n, 512)``, unit rows, in their order."""
        cosines = pictures @ self.vectors.T
        fits = (cosines >= self.thresholds) & (self._shares(cosines) >= self.least_shares)
        return [
            Match(int(picture), int(tag), float(cosines[picture, tag]))
            for picture, tag in np.argwhere(fits)
        ]

    def _shares(self, cosines: Vectors) -> Vectors:
        """The softmax of scale times cosine, in each kind: what a CLIP model was trained for."""
        shares = np.empty_like(cosines)
        kinds = np.array(self.kinds)
        for kind in np.unique(kinds):
            logits = self.scale * cosines[:, kinds == kind]
            exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares[:, kinds == kind] = exponentials / exponentials.sum(axis=1, keepdims=True)
        return shares
