"""The properties of every encoder, tested with a small random CLIP model and the built-in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from safetensors.numpy import load_file

from gallery import encoders
from gallery.core.errors import BadEmbedding
from gallery.encoders.base import WIDTH, Encoder
from gallery.encoders.inputs import cropped_rgb
from gallery.encoders.reference import torch_model
from gallery.models import WIDTH as COLUMN_WIDTH
from tests.encoders.loading import load


@pytest.fixture(params=["tiny", "tiny, fast path", "builtin"])
def encoder(request: pytest.FixtureRequest, tiny_clip: Path) -> Encoder:
    if request.param == "tiny, fast path":
        fast: Encoder = request.getfixturevalue("fast_tiny")
        return fast
    return load(tiny_clip if request.param == "tiny" else request.param)


def gradient(colour: tuple[int, int, int], size: tuple[int, int] = (320, 200)) -> PIL.Image.Image:
    picture = PIL.Image.linear_gradient("L").resize(size)
    return PIL.Image.composite(
        PIL.Image.new("RGB", size, colour), PIL.Image.new("RGB", size), picture
    )


def test_pictures_give_unit_rows_of_512_numbers(encoder: Encoder) -> None:
    vectors = encoder.encode_images([gradient((200, 0, 0)), gradient((0, 0, 200))])
    assert vectors.shape == (2, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_texts_give_unit_rows_of_512_numbers(encoder: Encoder) -> None:
    vectors = encoder.encode_texts(["a red car", "一只猫", "🐱"])
    assert vectors.shape == (3, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_vectors_have_the_width_of_the_column() -> None:
    assert WIDTH == COLUMN_WIDTH


def test_empty_input_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_images([]).shape == (0, WIDTH)
    assert encoder.encode_texts([]).shape == (0, WIDTH)


def test_same_picture_gives_same_vector(encoder: Encoder) -> None:
    picture = gradient((10, 200, 30))
    assert np.array_equal(encoder.encode_images([picture]), encoder.encode_images([picture]))


def test_batch_gives_same_vectors_as_single_calls(encoder: Encoder) -> None:
    pictures = [gradient((i * 30, 255 - i * 30, 128)) for i in range(5)]
    single = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    assert np.abs(encoder.encode_images(pictures) - single).max() < 1e-4


def test_lengths_in_a_batch_do_not_matter(encoder: Encoder) -> None:
    texts = ["a", "a much longer text about a red car", "cat", "two words"]
    single = np.concatenate([encoder.encode_texts([text]) for text in texts])
    assert np.abs(encoder.encode_texts(texts) - single).max() < 1e-4


STRANGE = {
    "empty": "",
    "blank": "   ",
    "control": "\x00\x01\x1f",
    "long": "x" * 10_000,
    "many words": "word " * 2_000,
    "surrogate": "\ud800",
    "mark": "<|endoftext|>",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f466 🐱",
    "chinese": "红色汽车",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_unusual_text_is_encoded(encoder: Encoder, text: str) -> None:
    assert encoder.encode_texts([text]).shape == (1, WIDTH)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_any_picture_mode_is_encoded(encoder: Encoder, mode: str) -> None:
    assert encoder.encode_images([PIL.Image.new(mode, (40, 40))]).shape == (1, WIDTH)


@pytest.mark.parametrize("size", [(1, 1), (800, 1), (1, 800)])
def test_any_picture_shape_is_encoded(encoder: Encoder, size: tuple[int, int]) -> None:
    assert encoder.encode_images([PIL.Image.new("RGB", size)]).shape == (1, WIDTH)


def test_long_strip_is_cropped_before_resizing() -> None:
    assert cropped_rgb(PIL.Image.new("RGB", (2000, 10)), crops=True).size == (40, 10)
    assert cropped_rgb(PIL.Image.new("RGB", (2000, 10)), crops=False).size == (2000, 10)
    assert cropped_rgb(PIL.Image.new("RGB", (400, 100)), crops=True).size == (400, 100)


def test_vector_without_direction_is_refused(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load(tiny_clip)
    for value in (0.0, np.nan, np.inf):
        broken = np.full((1, WIDTH), value, dtype=np.float32)
        monkeypatch.setattr(torch_model, "compute", lambda *_, broken=broken, **__: broken)
        with pytest.raises(BadEmbedding):
            encoder.encode_texts(["cat"])


def test_logit_scale_is_read_from_the_weights() -> None:
    weights = load_file(Path(encoders.__file__).parent / "builtin" / "model.safetensors")
    learned = float(np.exp(weights["logit_scale"].astype(np.float32)))
    assert load("builtin").logit_scale == pytest.approx(learned, rel=1e-3)
