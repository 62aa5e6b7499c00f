from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.embeddings import retrieval_measures
from gallery.embeddings.retrieval_measures import measures, ranks
from tests.builders import unit

# Few directions, so that ties are many and every other difference is far above rounding.
DIRECTIONS = [unit(values) for values in np.ndindex(3, 3, 3) if any(values)]


@st.composite
def questions(draw: Any) -> tuple[np.ndarray, np.ndarray, list[list[int]]]:
    directions = st.sampled_from(range(len(DIRECTIONS)))
    asked = draw(st.lists(directions, min_size=1, max_size=12))
    found = draw(st.lists(directions, min_size=1, max_size=30))
    answers = st.sets(st.integers(0, len(found) - 1), min_size=1, max_size=4).map(sorted)
    right = [draw(answers) for _ in asked]
    stacked = [np.stack([DIRECTIONS[number] for number in numbers]) for numbers in (asked, found)]
    return stacked[0], stacked[1], right


def naive(query: np.ndarray, candidates: np.ndarray, right: list[int]) -> int:
    """Sort by similarity, wrong before right where equal, and look for the first right one."""
    similarity = [round(float(query.astype(float) @ one.astype(float)), 5) for one in candidates]
    order = sorted(range(len(candidates)), key=lambda n: (-similarity[n], n in right))
    best = min(order.index(answer) for answer in right)
    return 1 + sum(wrong not in right for wrong in order[:best])


@given(questions(), st.integers(1, 100))
def test_ranks_are_those_of_a_naive_sort(question: Any, block: int) -> None:
    queries, candidates, right = question
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrieval_measures, "_BLOCK", block)
        found = ranks(queries, candidates, right)
    wanted = [naive(query, candidates, of) for query, of in zip(queries, right, strict=True)]
    assert found.tolist() == wanted


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_measures_are_those_counted_by_hand(places: list[int]) -> None:
    found = measures(np.array(places), 40)
    ordered, middle = sorted(places), (len(places) - 1) / 2
    assert (found.queries, found.candidates) == (len(places), 40)
    for share, most in (
        (found.recall_at_1, 1), (found.recall_at_5, 5), (found.recall_at_10, 10)
    ):  # fmt: skip
        assert share == pytest.approx(len([p for p in places if p <= most]) / len(places))
    halves = (ordered[int(np.floor(middle))], ordered[int(np.ceil(middle))])
    assert found.median_rank == pytest.approx(sum(halves) / 2)
    assert found.mean_reciprocal_rank == pytest.approx(sum(1 / p for p in places) / len(places))


def test_an_encoder_that_says_the_same_of_everything_scores_nothing() -> None:
    same = np.stack([DIRECTIONS[0]] * 20)
    places = ranks(same, same, [[number] for number in range(20)])
    assert places.tolist() == [20] * 20


def test_a_perfect_encoder_scores_all() -> None:
    places = ranks(
        np.eye(20, dtype=np.float32), np.eye(20, dtype=np.float32), [[n] for n in range(20)]
    )
    assert measures(places, 20).recall_at_1 == 1


def test_right_answers_do_not_stand_in_each_other_s_way() -> None:
    candidates = np.stack([unit([3, 1]), unit([2, 1]), unit([1, 1])])
    places = ranks(unit([1, 0])[None], candidates, [[1, 2]])
    assert places.tolist() == [2]


def test_memory_does_not_grow_with_the_square_of_the_set() -> None:
    several = np.zeros((12_000, 8), dtype=np.float32)
    right = [[number] for number in range(len(several))]
    tracemalloc.start()
    ranks(several, several, right)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    assert 4 * len(several) ** 2 > 500e6
