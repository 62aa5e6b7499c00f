"""How good a ranking is: pure functions over unit vectors and the right answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import Vectors

# Similarities held at a time: 32 MB, whatever the size of the set.
_BLOCK = 8_000_000
# Two sums of the same 512 products in another order differ by less.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Shares of queries answered within 1, 5 and 10 places, and where the answer stands.

    ``candidates`` is how many answers there were to choose from.
    """

    queries: int
    candidates: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    median_rank: float
    mean_reciprocal_rank: float


def ranks(
    queries: Vectors, candidates: Vectors, right: Sequence[Sequence[int]]
) -> npt.NDArray[np.int64]:
    """The place, from 1, of each query's best right answer among all candidates.

    ``right`` names the rows of ``candidates`` that answer each query, one at least. Right answers
    do not stand in each other's way. Ties go against the encoder: every wrong candidate as
    similar as the right one stands before it. Else an encoder that gives everything the same
    vector would score 100 % (Sun et al. 2020, "A Re-evaluation of Knowledge Graph Completion
    Methods", on models that did).
    """
    rows = max(1, _BLOCK // max(1, len(candidates)))
    found = [
        _ranks(queries[start : start + rows], candidates, right[start : start + rows])
        for start in range(0, len(queries), rows)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _ranks(
    queries: Vectors, candidates: Vectors, right: Sequence[Sequence[int]]
) -> npt.NDArray[np.int64]:
    similarity = queries @ candidates.T
    counts = [len(answers) for answers in right]
    of_query = np.repeat(np.arange(len(right)), counts)
    answers = np.concatenate([np.asarray(answers, dtype=np.int64) for answers in right])
    starts = np.cumsum([0, *counts[:-1]])
    best = np.maximum.reduceat(similarity[of_query, answers], starts)
    similarity[of_query, answers] = -np.inf
    before: npt.NDArray[np.int64] = (similarity >= best[:, None] - _ROUNDING).sum(axis=1)
    return before + 1


def measures(places: npt.NDArray[np.int64], candidates: int) -> Measures:
    """``places`` is what ``ranks`` gives, of one query at least."""
    return Measures(
        queries=len(places),
        candidates=candidates,
        recall_at_1=float((places <= 1).mean()),
        recall_at_5=float((places <= 5).mean()),
        recall_at_10=float((places <= 10).mean()),
        median_rank=float(np.median(places)),
        mean_reciprocal_rank=float((1 / places).mean()),
    )
