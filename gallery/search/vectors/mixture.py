"""How much texts and pictures contribute to a query vector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Self

from gallery.core.query_kind import QueryKind


@dataclass(frozen=True)
class Mixture:
    """The weights of the terms of a query vector, each divided by the norm of their sum.

    So the cosine to a picture is the sum of the cosines of the terms, each times its weight.
    ``texts`` and ``pictures`` add up the positive weights of a kind; ``texts_away`` and
    ``pictures_away`` the negative ones, as numbers from 0. A plain text is ``Mixture(texts=1)``.
    """

    texts: float = 0.0
    pictures: float = 0.0
    texts_away: float = 0.0
    pictures_away: float = 0.0

    @classmethod
    def of(cls, weights: Iterable[tuple[QueryKind | None, float]]) -> Self | None:
        """None if the kind of a term is not known."""
        totals = dict.fromkeys(product(QueryKind, (True, False)), 0.0)
        for kind, weight in weights:
            if kind is None:
                return None
            totals[kind, weight > 0] += abs(weight)
        texts, pictures = QueryKind.TEXT, QueryKind.PICTURE
        return cls(
            texts=totals[texts, True],
            pictures=totals[pictures, True],
            texts_away=totals[texts, False],
            pictures_away=totals[pictures, False],
        )

    @property
    def towards(self) -> dict[QueryKind, float]:
        """The positive weights of the kinds that have one."""
        weights = {QueryKind.TEXT: self.texts, QueryKind.PICTURE: self.pictures}
        return {kind: weight for kind, weight in weights.items() if weight > 0}

    @property
    def is_one_term(self) -> bool:
        """Whether the vector is that of a single term; terms that are the same are one."""
        away = self.texts_away or self.pictures_away
        return not away and len(self.towards) == 1 and abs(sum(self.towards.values()) - 1) < 1e-3

    @property
    def net(self) -> dict[QueryKind, float]:
        """The positive minus the negative weights, of the kinds that have a weight."""
        weights = {
            QueryKind.TEXT: (self.texts, self.texts_away),
            QueryKind.PICTURE: (self.pictures, self.pictures_away),
        }
        return {kind: plus - minus for kind, (plus, minus) in weights.items() if plus or minus}
