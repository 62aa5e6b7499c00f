"""The pixels for ONNX Runtime are those of the model's own image processor."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import CLIPImageProcessorPil

from gallery.encoders.onnx.preprocess import Preprocessing, pixel_values

CROPPING: Any = CLIPImageProcessorPil()
SQUASHING: Any = CLIPImageProcessorPil(
    size={"height": 96, "width": 96},
    do_center_crop=False,
    image_mean=[0.5, 0.5, 0.5],
    image_std=[0.5, 0.5, 0.5],
)
SIDES = st.integers(1, 500)


@pytest.mark.parametrize("processor", [CROPPING, SQUASHING], ids=["cropping", "squashing"])
@settings(max_examples=25, deadline=None)
@given(width=SIDES, height=SIDES, seed=st.integers(0, 9))
def test_pixels_equal_those_of_the_processor(
    processor: Any, width: int, height: int, seed: int
) -> None:
    if max(width, height) > 4 * min(width, height):  # strips are cropped before preprocessing
        height = width
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    picture = PIL.Image.fromarray(noise)
    actual = pixel_values([picture], Preprocessing.from_processor(processor.to_dict()))
    expected = processor(picture, return_tensors="np")["pixel_values"]
    assert np.abs(actual - expected).max() < 1e-6


@pytest.mark.parametrize(
    "unusual",
    [
        {"do_resize": False},
        {"do_pad": True},
        {"do_center_crop": False, "size": {"shortest_edge": 224}},
        {"size": {"shortest_edge": 100}},
    ],
)
def test_an_unusual_processor_is_refused(unusual: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="image processor"):
        Preprocessing.from_processor({**CROPPING.to_dict(), **unusual})
