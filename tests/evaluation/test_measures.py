from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.evaluation.measures import answer_ranks, measures
from tests.builders import unit

# Few directions: ties are frequent, and every other difference is far above rounding errors.
DIRECTIONS = [unit(values) for values in np.ndindex(3, 3, 3) if any(values)]


@st.composite
def questions(draw: Any) -> tuple[np.ndarray, np.ndarray, list[list[int]]]:
    directions = st.sampled_from(range(len(DIRECTIONS)))
    queries = draw(st.lists(directions, min_size=1, max_size=12))
    candidates = draw(st.lists(directions, min_size=1, max_size=30))
    rows = st.sets(st.integers(0, len(candidates) - 1), min_size=1, max_size=4).map(sorted)
    answers = [draw(rows) for _ in queries]
    return _stacked(queries), _stacked(candidates), answers


def _stacked(directions: list[int]) -> np.ndarray:
    return np.stack([DIRECTIONS[number] for number in directions])


def naive(query: np.ndarray, candidates: np.ndarray, answers: list[int]) -> int:
    """Sort by similarity, wrong before correct where equal, and find the first correct one."""
    similarity = [round(float(query.astype(float) @ one.astype(float)), 5) for one in candidates]
    order = sorted(range(len(candidates)), key=lambda n: (-similarity[n], n in answers))
    best = min(order.index(answer) for answer in answers)
    return 1 + sum(other not in answers for other in order[:best])


@given(questions(), st.integers(1, 100))
def test_ranks_equal_those_of_a_naive_sort(question: Any, block: int) -> None:
    queries, candidates, answers = question
    ranks = answer_ranks(queries, candidates, answers, block=block)
    expected = [
        naive(query, candidates, rows) for query, rows in zip(queries, answers, strict=True)
    ]
    assert ranks.tolist() == expected


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_measures_equal_those_counted_by_hand(ranks: list[int]) -> None:
    result = measures(np.array(ranks), 40)
    ordered, middle = sorted(ranks), (len(ranks) - 1) / 2
    assert (result.queries, result.candidates) == (len(ranks), 40)
    for recall, within in (
        (result.recall_at_1, 1), (result.recall_at_5, 5), (result.recall_at_10, 10)
    ):  # fmt: skip
        assert recall == pytest.approx(len([r for r in ranks if r <= within]) / len(ranks))
    halves = (ordered[int(np.floor(middle))], ordered[int(np.ceil(middle))])
    assert result.median_rank == pytest.approx(sum(halves) / 2)
    assert result.mean_reciprocal_rank == pytest.approx(sum(1 / r for r in ranks) / len(ranks))


def test_equal_vectors_for_everything_score_nothing() -> None:
    same = np.stack([DIRECTIONS[0]] * 20)
    ranks = answer_ranks(same, same, [[number] for number in range(20)])
    assert ranks.tolist() == [20] * 20


def test_a_perfect_encoder_scores_all() -> None:
    vectors = np.eye(20, dtype=np.float32)
    ranks = answer_ranks(vectors, vectors, [[number] for number in range(20)])
    assert measures(ranks, 20).recall_at_1 == 1


def test_correct_answers_do_not_compete_with_each_other() -> None:
    candidates = np.stack([unit([3, 1]), unit([2, 1]), unit([1, 1])])
    ranks = answer_ranks(unit([1, 0])[None], candidates, [[1, 2]])
    assert ranks.tolist() == [2]


def test_memory_does_not_grow_quadratically() -> None:
    vectors = np.zeros((12_000, 8), dtype=np.float32)
    answers = [[number] for number in range(len(vectors))]
    tracemalloc.start()
    answer_ranks(vectors, vectors, answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    assert 4 * len(vectors) ** 2 > 500e6
