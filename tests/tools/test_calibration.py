from __future__ import annotations

import numpy as np
import pytest

from tools.evaluation import bands
from tools.evaluation.relevance_threshold import Gallery, Row, threshold_of


def row(values: range, *, decides: bool = True) -> Row:
    best = np.array(values, dtype=np.float32)
    return Row("a row", len(best), best, known=True, decides=decides)


def test_limit_keeps_98_of_100_right_answers() -> None:
    rows = [row(range(100)), row(range(-1000, 0), decides=False)]
    assert sum(rows[0].best >= threshold_of(rows, kept=0.98)) == 98


def test_every_kind_of_query_counts_equally() -> None:
    # One in 25 of the few counts as one in 50 of all, although there are 100 times as many others.
    few, many = row(range(25)), row(range(100, 2600))
    assert sum(few.best >= threshold_of([few, many], kept=0.98)) == 24


def test_absent_answers_are_left_out() -> None:
    unit = np.eye(512, dtype=np.float32)
    gallery = Gallery(unit[:3])
    queries = np.stack([unit[0], unit[1], 0.6 * unit[1] + 0.8 * unit[2]])
    known = gallery.known("known", queries, [(0,), (0,), (2,)])
    assert (known.questions, known.best.tolist()) == (3, pytest.approx([1.0, 0.8]))
    absent = gallery.absent("absent", queries, [(0,), (0,), (2,)])
    assert absent.best.tolist() == pytest.approx([0.0, 1.0, 0.6])


def test_bands_begin_where_most_hits_are_relevant() -> None:
    unit = np.eye(512, dtype=np.float32)
    query = 0.6 * unit[:1] + 0.5 * unit[1:2] + 0.4 * unit[2:3] + 0.3 * unit[3:4]
    hits = bands.hits(query, unit[:4], np.array([[True, True, True, False]]))
    assert hits.least_cosine(precision=0.9) == pytest.approx(0.4)
    assert hits.least_cosine(precision=0.75) == pytest.approx(0.3)


def test_the_demo_gallery_has_answers_to_names() -> None:
    texts, relevant = bands.names()
    assert relevant.shape == (len(texts), 203)
    assert relevant[texts.index("兔子")].sum() == 4
    assert relevant.any(axis=1).all()
