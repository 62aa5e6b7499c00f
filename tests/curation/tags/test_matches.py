from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gallery.curation.tags.suggestions.matches import Vocabulary
from tests.builders import unit_vector

DOG, CAT, BEACH = (unit_vector(n) for n in range(3))


def vocabulary(thresholds: Sequence[float] = (0.1, 0.1, 0.1)) -> Vocabulary:
    return Vocabulary(
        vectors=np.stack([DOG, CAT, BEACH]),
        kinds=["subject", "subject", "scene"],
        thresholds=np.array(thresholds, np.float32),
        scale=30.0,
    )


def tags_of(*parts: np.ndarray, thresholds: Sequence[float] = (0.1, 0.1, 0.1)) -> set[int]:
    picture = sum(parts) / np.linalg.norm(sum(parts))
    return {match.tag for match in vocabulary(thresholds).matches(np.stack([picture]))}


def test_the_better_tag_of_a_kind_wins() -> None:
    assert tags_of(DOG, 0.7 * CAT) == {0}


def test_two_equal_tags_of_a_kind_both_fit() -> None:
    assert tags_of(DOG, CAT) == {0, 1}


def test_kinds_do_not_compete() -> None:
    assert tags_of(DOG, 0.5 * BEACH) == {0, 2}


def test_a_tag_below_its_threshold_does_not_fit() -> None:
    assert tags_of(DOG, 0.5 * BEACH, thresholds=(0.1, 0.1, 0.6)) == {0}


def test_each_match_has_its_picture_and_cosine() -> None:
    matches = vocabulary().matches(np.stack([CAT, BEACH]))
    assert [(match.picture, match.tag) for match in matches] == [(0, 1), (1, 2)]
    assert all(abs(match.cosine - 1) < 1e-6 for match in matches)


def test_no_pictures_have_no_matches() -> None:
    assert vocabulary().matches(np.empty((0, 512), np.float32)) == []
