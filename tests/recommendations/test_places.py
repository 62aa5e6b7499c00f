from __future__ import annotations

import numpy as np
import pytest

from gallery.recommendations.places import Numbers, places_of


def similarities(near: int, *, best: float = 0.9, others: float = 0.6) -> Numbers:
    """Of 60 pictures, ``near`` of them clearly nearer than the others."""
    steps = np.linspace(0, 0.05, 60)
    return np.asarray(np.where(np.arange(60) < near, best, others) - steps)


def test_equal_interests_get_equal_places() -> None:
    assert places_of([similarities(20)] * 3, [1 / 3] * 3, ["picture"] * 3, 18) == [6, 6, 6]


def test_small_interests_get_more_places() -> None:
    small, large = places_of([similarities(15), similarities(45)], [0.5, 0.5], ["picture"] * 2, 18)
    assert small + large == 18
    assert small >= 2 * large >= 4


def test_heavy_interests_get_more_places() -> None:
    heavy, light = places_of([similarities(20)] * 2, [0.7, 0.3], ["picture"] * 2, 18)
    assert heavy >= 2 * light >= 2


def test_light_interests_keep_a_place() -> None:
    heavy, light = places_of([similarities(20)] * 2, [0.93, 0.07], ["picture"] * 2, 18)
    assert light == 1
    assert heavy == 17


def test_large_interests_keep_a_fifth_by_weight() -> None:
    small = [similarities(10)] * 4
    weights = [0.175] * 4 + [0.3]
    assert places_of([*small, similarities(55)], weights, ["picture"] * 5, 36)[-1] == 2


def test_places_end_with_the_near_pictures() -> None:
    small, large = places_of([similarities(5), similarities(50)], [0.5, 0.5], ["picture"] * 2, 24)
    assert small in (5, 6)
    assert large == 24 - small


def test_texts_have_a_scale_of_their_own() -> None:
    """Similarities to texts are low, and yet the near pictures of a text are found."""
    of_pictures = [similarities(20), similarities(40)]
    of_texts = [similarities(20, best=0.3, others=0.2)]
    kinds = ["picture", "picture", "text"]
    assert places_of([*of_pictures, *of_texts], [1 / 3] * 3, kinds, 18)[::2] == [8, 8]


@pytest.mark.parametrize("count", [1, 7, 40])
def test_no_more_places_than_pictures(count: int) -> None:
    few = [np.asarray([0.9, 0.8]), np.asarray([]), np.asarray([0.7])]
    places = places_of(few, [0.4, 0.3, 0.3], ["picture"] * 3, count)
    assert places[1] == 0
    assert sum(places) == min(count, 3)


def test_without_interests_there_are_no_places() -> None:
    assert places_of([], [], [], 18) == []
