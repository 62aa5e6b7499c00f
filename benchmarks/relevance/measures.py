"""Measures of ranked results against graded pictures; pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

RELEVANT = 2


def ndcg(keys: Sequence[str], grades: Mapping[str, int], *, at: int = 10) -> float:
    """Normalised discounted cumulative gain with the gain 2^grade - 1 (Burges et al. 2005)."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:at])
    return _gain([grades.get(key, 0) for key in keys[:at]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def reciprocal_rank(keys: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 / the rank of the first relevant picture; 0 without one."""
    for rank, key in enumerate(keys, start=1):
        if grades.get(key, 0) >= RELEVANT:
            return 1 / rank
    return 0.0


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
