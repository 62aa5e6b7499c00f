from __future__ import annotations

import numpy as np
import pytest

from gallery.curation.tags.suggestions.thresholds import (
    Decisions,
    Distribution,
    distribution,
    threshold_of,
)

MEASURED = Distribution(median=0.05, spread=0.05)


def test_the_distribution_is_that_of_pictures_without_the_tag() -> None:
    noise = np.random.default_rng(1).normal(0.05, 0.04, 980)
    cosines = np.concatenate([noise, np.full(20, 0.4)]).astype(np.float32)
    [measured] = distribution(cosines[:, None])
    assert measured.median == pytest.approx(0.05, abs=0.01)
    assert measured.spread == pytest.approx(0.04, abs=0.01)


def test_without_decisions_the_distribution_decides() -> None:
    assert threshold_of(MEASURED) == pytest.approx(0.15)


def test_rejections_raise_the_threshold() -> None:
    rejected = Decisions(rejected=(0.2, 0.22, 0.25))
    assert threshold_of(MEASURED, rejected) > threshold_of(MEASURED)


def test_approvals_below_the_threshold_lower_it() -> None:
    approved = Decisions(approved=(0.1, 0.12, 0.14))
    assert threshold_of(MEASURED, approved) < threshold_of(MEASURED)


def test_approvals_above_the_threshold_change_nothing() -> None:
    assert threshold_of(MEASURED, Decisions(approved=(0.3, 0.4))) == threshold_of(MEASURED)


def test_many_decisions_weigh_more_than_few() -> None:
    few = Decisions(approved=(0.3,), rejected=(0.2,))
    many = Decisions(approved=(0.3,) * 20, rejected=(0.2,) * 20)
    assert threshold_of(MEASURED) < threshold_of(MEASURED, few) < threshold_of(MEASURED, many)
    assert 0.2 < threshold_of(MEASURED, many) < 0.3
