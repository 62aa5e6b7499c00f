"""How well a hit matches, decided from its similarity."""

from __future__ import annotations

import uuid

import pytest

from gallery.core.query_kind import QueryKind
from gallery.search.bands import BandThresholds, band_of, best_of, combined, nothing_close
from gallery.search.query import Band
from gallery.search.vectors.mixture import Mixture

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


TEXTS = THRESHOLDS
PICTURES = BandThresholds(weak=0.5, good=0.6, strong=0.7, hubs={NOISE: 0.1, DOG: 0.2})
OF_KIND = {QueryKind.TEXT: TEXTS, QueryKind.PICTURE: PICTURES}


def test_a_negative_term_is_a_second_term() -> None:
    assert Mixture(texts=1).is_one_term
    assert not Mixture(texts=1, texts_away=0.5).is_one_term


def cosines(thresholds: BandThresholds) -> tuple[float, float, float]:
    return thresholds.weak, thresholds.good, thresholds.strong


def test_one_term_keeps_its_thresholds() -> None:
    assert combined(OF_KIND, Mixture(texts=1)) == TEXTS
    picture = combined(OF_KIND, Mixture(pictures=1))
    assert cosines(picture) == pytest.approx(cosines(PICTURES))
    assert band_of(0.75, picture, DOG) == Band.WEAK


def test_a_second_term_raises_only_the_bands() -> None:
    # Two unrelated texts of the same weight: their sum has the norm of the square root of 2.
    both = combined(OF_KIND, Mixture(texts=2**0.5))
    assert cosines(both) == pytest.approx((0.3, 0.4 * 2**0.25, 0.5 * 2**0.25))


def test_kinds_count_by_their_weights() -> None:
    mixed = combined(OF_KIND, Mixture(texts=0.75, pictures=0.25))
    assert cosines(mixed) == pytest.approx((0.35, 0.45, 0.55))


def test_a_subtracted_term_lowers_all() -> None:
    without = combined(OF_KIND, Mixture(texts=0.81, texts_away=0.4))
    assert cosines(without) == pytest.approx((0.3 * 0.81, 0.4 * 0.9, 0.5 * 0.9))


def test_a_hub_of_each_kind_is_corrected() -> None:
    mixed = combined(OF_KIND, Mixture(texts=0.5, pictures=0.5, texts_away=0.1))
    assert best_of([(NOISE, 0.9)], mixed) == pytest.approx(0.9 - 0.4 * 0.35 - 0.5 * 0.1)
    assert best_of([(DOG, 0.9)], mixed) == pytest.approx(0.9 - 0.5 * 0.2)
    assert best_of([(uuid.uuid4(), 0.9)], mixed) == 0.9


def test_unrelated_pictures_may_have_high_cosines() -> None:
    """Some models give all pictures a cosine of 0.5; two such terms give them 0.71."""
    pictures = BandThresholds(weak=0.6, good=0.6, strong=0.7, unrelated=0.5)
    both = combined({QueryKind.PICTURE: pictures}, Mixture(pictures=2**0.5))
    nothing = 0.5 * 2**0.5
    assert both.weak == pytest.approx(nothing + 0.1)
    assert both.good == pytest.approx(nothing + 0.1 * 2**0.25)
