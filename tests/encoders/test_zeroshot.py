from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.core.errors import BadEmbedding
from gallery.encoders import zeroshot
from tests.builders import unit, unit_vector

cosines = st.lists(st.floats(-1, 1), min_size=2, max_size=50).map(np.array)
scales = st.floats(0, 1000)


@pytest.mark.parametrize(
    ("label", "prompt"),
    [
        ("dog", "a photo of a dog"),
        ("狗", "一张狗的照片"),
        ("柯基 corgi", "一张柯基 corgi的照片"),
        ("café", "a photo of a café"),
        ("犬", "一张犬的照片"),
        ("ねこ", "a photo of a ねこ"),
        ("🐶", "a photo of a 🐶"),
    ],
)
def test_script_of_the_label_decides_the_template(label: str, prompt: str) -> None:
    assert zeroshot.prompts(label, []) == [prompt]


def test_given_templates_are_used_for_every_label() -> None:
    templates = ["a drawing of a {}", "{}!"]
    assert zeroshot.prompts("狗", templates) == ["a drawing of a 狗", "狗!"]


@pytest.mark.parametrize("label", ["{}", "{0}", "{x}", "100 %s", "}{"])
def test_label_is_never_used_as_format(label: str) -> None:
    assert zeroshot.prompts(label, ["{a} {} {"]) == ["{a} " + label + " {"]


def test_label_vector_is_the_mean_of_prompts() -> None:
    one, other = unit_vector(1), unit_vector(2)
    middle = zeroshot.label_vector(np.stack([one, other]))
    assert middle.shape == (512,)
    assert middle.dtype == np.float32
    assert np.linalg.norm(middle) == pytest.approx(1, abs=1e-6)
    assert middle @ one == pytest.approx(middle @ other, abs=1e-6)
    assert middle @ one > one @ other


def test_single_prompt_is_the_label_vector() -> None:
    np.testing.assert_allclose(
        zeroshot.label_vector(unit_vector(1)[None]), unit_vector(1), atol=1e-7
    )


def test_prompts_that_cancel_out_are_refused() -> None:
    with pytest.raises(BadEmbedding):
        zeroshot.label_vector(np.stack([unit_vector(1), -unit_vector(1)]))


def test_similarities_are_cosines() -> None:
    labels = np.stack([unit_vector(1), -unit_vector(1), unit([0] * 511 + [1])])
    similarities = zeroshot.similarities(unit_vector(1), labels)
    np.testing.assert_allclose(similarities, [1, -1, unit_vector(1)[511]], atol=1e-6)
    assert (np.abs(similarities) <= 1).all()


def test_probabilities_are_softmax_of_scaled_cosines() -> None:
    probabilities = zeroshot.probabilities(np.array([0.3, 0.2]), 100)
    np.testing.assert_allclose(probabilities, [1 / (1 + np.exp(-10)), 1 / (1 + np.exp(10))])


def test_larger_scale_gives_higher_probability() -> None:
    best = [zeroshot.probabilities(np.array([0.3, 0.2]), scale)[0] for scale in (0, 10, 100)]
    assert best[0] == 0.5
    assert best == sorted(best)
    assert best[1] < best[2]


@given(cosines, scales)
def test_probabilities_sum_to_one_and_keep_order(values: np.ndarray, scale: float) -> None:
    probabilities = zeroshot.probabilities(values, scale)
    assert probabilities.sum() == pytest.approx(1)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    order = np.argsort(values)
    assert (np.diff(probabilities[order]) >= 0).all()


@given(cosines, scales, st.floats(-1, 1))
def test_only_differences_between_cosines_matter(
    values: np.ndarray, scale: float, shift: float
) -> None:
    shifted = zeroshot.probabilities(values + shift, scale)
    np.testing.assert_allclose(shifted, zeroshot.probabilities(values, scale), atol=1e-9)
