"""How well a hit matches, decided from its similarity."""

from __future__ import annotations

import uuid

import pytest

from gallery.search.bands import BandThresholds, band_of, best_of, nothing_close
from gallery.search.query import Band

NOISE, DOG = uuid.uuid4(), uuid.uuid4()
THRESHOLDS = BandThresholds(weak=0.3, good=0.4, strong=0.5, hubs={NOISE: 0.35})


@pytest.mark.parametrize(
    ("similarity", "band"),
    [
        (0.9, Band.STRONG),
        (0.5, Band.STRONG),
        (0.49, Band.GOOD),
        (0.4, Band.GOOD),
        (0.39, Band.WEAK),
        (-1.0, Band.WEAK),
    ],
)
def test_a_threshold_belongs_to_its_band(similarity: float, band: Band) -> None:
    assert band_of(similarity, THRESHOLDS) == band


def test_a_hub_needs_a_higher_similarity() -> None:
    assert band_of(0.6, THRESHOLDS, DOG) == Band.STRONG
    assert band_of(0.6, THRESHOLDS, NOISE) == Band.WEAK
    assert band_of(0.9, THRESHOLDS, NOISE) == Band.STRONG


def test_nothing_is_close_below_the_weak_threshold() -> None:
    assert nothing_close(0.29, THRESHOLDS)
    assert not nothing_close(0.3, THRESHOLDS)


def test_no_hits_are_not_judged() -> None:
    assert not nothing_close(best_of([], THRESHOLDS), THRESHOLDS)


def test_a_hub_hides_no_answer() -> None:
    hits = [(NOISE, 0.45), (DOG, 0.42)]
    assert best_of(hits, THRESHOLDS) == 0.42
    assert nothing_close(best_of(hits[:1], THRESHOLDS), THRESHOLDS)
