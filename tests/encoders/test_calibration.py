from __future__ import annotations

import numpy as np
import pytest

from gallery.encoders.closeness import Background
from tools.evaluation.closeness import Gallery, Row, background_of, limit_of


def row(values: range, *, decides: bool = True) -> Row:
    above = np.array(values, dtype=np.float32)
    return Row("a row", len(above), above, above, known=True, decides=decides)


def test_the_limit_keeps_98_of_100_right_answers() -> None:
    rows = [row(range(100)), row(range(-1000, 0), decides=False)]
    assert sum(rows[0].above >= limit_of(rows, kept=0.98)) == 98


def test_every_kind_of_question_counts_the_same() -> None:
    # One in 25 of the few is one in 50 of all, though the many are a hundred times as many.
    few, many = row(range(25)), row(range(100, 2600))
    assert sum(few.above >= limit_of([few, many], kept=0.98)) == 24


def test_chance_is_what_it_was_made_of() -> None:
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((4000, 2)).astype(np.float32) * 0.3
    pictures = rng.standard_normal((4000, 512)).astype(np.float32) * 0.01 + 0.02
    pictures[:, :2] += strong
    queries = np.eye(512, dtype=np.float32)[[0, 5]]
    best = np.array([0.62, 0.62], dtype=np.float32)
    above = background_of(pictures, 2).above_chance(queries, best)
    assert above == pytest.approx([2.0, 60.0], rel=0.05)


def test_only_right_answers_are_measured_and_absent_ones_are_left_out() -> None:
    unit = np.eye(512, dtype=np.float32)
    gallery = Gallery(unit[:3], Background(unit[9] * 0, unit[:1] * 0, 1.0))
    asked = np.stack([unit[0], unit[1], 0.6 * unit[1] + 0.8 * unit[2]])
    found = gallery.known("known", asked, [(0,), (0,), (2,)])
    assert (found.asked, found.best.tolist()) == (3, pytest.approx([1.0, 0.8]))
    absent = gallery.absent("absent", asked, [(0,), (0,), (2,)])
    assert absent.best.tolist() == pytest.approx([0.0, 1.0, 0.6])
