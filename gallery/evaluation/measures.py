"""Retrieval measures: recall, median rank and mean reciprocal rank of a ranking by cosine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import Vectors

# Number of similarities computed in one step. As float32 they take 32 MB.
BLOCK = 8_000_000
# Two sums of the same 512 products, added in another order, differ by less than this.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Recall is the share of queries whose correct answer is among the first 1, 5 or 10.

    ``candidates`` is the number of possible answers that were ranked for each query.
    """

    queries: int
    candidates: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    median_rank: float
    mean_reciprocal_rank: float


def answer_ranks(
    queries: Vectors,
    candidates: Vectors,
    answers: Sequence[Sequence[int]],
    *,
    block: int = BLOCK,
) -> npt.NDArray[np.int64]:
    """The rank, from 1, of each query's best correct answer among all candidates.

    ``queries`` and ``candidates`` are rows of unit vectors. ``answers`` has, for each query, the
    rows of ``candidates`` that are correct, at least one. Other correct answers do not count as
    competitors. A tie counts against the encoder: every wrong candidate that is as similar as the
    correct one is ranked before it. Otherwise an encoder that gives the same vector for everything
    would score 100 % (Sun et al. 2020, "A Re-evaluation of Knowledge Graph Completion Methods",
    describes models that did). At most ``block`` similarities are held in memory.
    """
    rows = max(1, block // max(1, len(candidates)))
    blocks = [
        _block_ranks(queries[start : start + rows], candidates, answers[start : start + rows])
        for start in range(0, len(queries), rows)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0, dtype=np.int64)


def _block_ranks(
    queries: Vectors, candidates: Vectors, answers: Sequence[Sequence[int]]
) -> npt.NDArray[np.int64]:
    similarity = queries @ candidates.T
    counts = [len(correct) for correct in answers]
    query_rows = np.repeat(np.arange(len(answers)), counts)
    answer_rows = np.concatenate([np.asarray(correct, dtype=np.int64) for correct in answers])
    starts = np.cumsum([0, *counts[:-1]])
    best = np.maximum.reduceat(similarity[query_rows, answer_rows], starts)
    similarity[query_rows, answer_rows] = -np.inf
    before: npt.NDArray[np.int64] = (similarity >= best[:, None] - _ROUNDING).sum(axis=1)
    return before + 1


def measures(ranks: npt.NDArray[np.int64], candidates: int) -> Measures:
    """``ranks`` is a result of ``answer_ranks`` for at least one query."""
    return Measures(
        queries=len(ranks),
        candidates=candidates,
        recall_at_1=float((ranks <= 1).mean()),
        recall_at_5=float((ranks <= 5).mean()),
        recall_at_10=float((ranks <= 10).mean()),
        median_rank=float(np.median(ranks)),
        mean_reciprocal_rank=float((1 / ranks).mean()),
    )
