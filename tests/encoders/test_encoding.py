"""What every encoder promises, asked of a small random CLIP and of the built-in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from safetensors.numpy import load_file

from gallery import encoders
from gallery.core.errors import BadEmbedding
from gallery.encoders import loader
from gallery.encoders.base import WIDTH, Encoder
from gallery.encoders.contract import cropped_rgb
from gallery.models import WIDTH as COLUMN_WIDTH


@pytest.fixture(params=["tiny", "tiny, fast path", "builtin"])
def encoder(request: pytest.FixtureRequest, tiny_clip: Path) -> Encoder:
    if request.param == "tiny, fast path":
        fast: Encoder = request.getfixturevalue("fast_tiny")
        return fast
    return loader.load(str(tiny_clip) if request.param == "tiny" else request.param)


def gradient(colour: tuple[int, int, int], size: tuple[int, int] = (320, 200)) -> PIL.Image.Image:
    picture = PIL.Image.linear_gradient("L").resize(size)
    return PIL.Image.composite(
        PIL.Image.new("RGB", size, colour), PIL.Image.new("RGB", size), picture
    )


def test_pictures_become_unit_rows_of_512_numbers(encoder: Encoder) -> None:
    vectors = encoder.encode_images([gradient((200, 0, 0)), gradient((0, 0, 200))])
    assert vectors.shape == (2, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_texts_become_unit_rows_of_512_numbers(encoder: Encoder) -> None:
    vectors = encoder.encode_texts(["a red car", "一只猫", "🐱"])
    assert vectors.shape == (3, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_the_encoder_is_as_wide_as_the_column() -> None:
    assert WIDTH == COLUMN_WIDTH


def test_nothing_becomes_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_images([]).shape == (0, WIDTH)
    assert encoder.encode_texts([]).shape == (0, WIDTH)


def test_the_same_picture_gives_the_same_vector(encoder: Encoder) -> None:
    picture = gradient((10, 200, 30))
    assert np.array_equal(encoder.encode_images([picture]), encoder.encode_images([picture]))


def test_a_batch_gives_what_single_calls_give_in_the_order_asked(encoder: Encoder) -> None:
    pictures = [gradient((i * 30, 255 - i * 30, 128)) for i in range(5)]
    single = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    assert np.abs(encoder.encode_images(pictures) - single).max() < 1e-4


def test_texts_of_different_lengths_do_not_disturb_one_another(encoder: Encoder) -> None:
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
def test_no_text_is_too_strange(encoder: Encoder, text: str) -> None:
    assert encoder.encode_texts([text]).shape == (1, WIDTH)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_pictures_of_any_mode_are_read(encoder: Encoder, mode: str) -> None:
    assert encoder.encode_images([PIL.Image.new(mode, (40, 40))]).shape == (1, WIDTH)


@pytest.mark.parametrize("size", [(1, 1), (800, 1), (1, 800)])
def test_pictures_of_any_shape_are_read(encoder: Encoder, size: tuple[int, int]) -> None:
    assert encoder.encode_images([PIL.Image.new("RGB", size)]).shape == (1, WIDTH)


def test_only_the_middle_of_a_long_strip_is_resized() -> None:
    assert cropped_rgb(PIL.Image.new("RGB", (2000, 10)), crops=True).size == (40, 10)
    assert cropped_rgb(PIL.Image.new("RGB", (2000, 10)), crops=False).size == (2000, 10)
    assert cropped_rgb(PIL.Image.new("RGB", (400, 100)), crops=True).size == (400, 100)


def test_a_vector_that_is_no_direction_is_refused(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = loader.load(str(tiny_clip))
    for value in (0.0, np.nan, np.inf):
        broken = np.full((1, WIDTH), value, dtype=np.float32)
        monkeypatch.setattr(encoder, "_run", lambda *_, broken=broken: broken)
        with pytest.raises(BadEmbedding):
            encoder.encode_texts(["cat"])


def test_the_scale_of_probabilities_is_the_one_the_model_learned() -> None:
    weights = load_file(Path(encoders.__file__).parent / "builtin" / "model.safetensors")
    learned = float(np.exp(weights["logit_scale"].astype(np.float32)))
    assert loader.load("builtin").logit_scale == pytest.approx(learned, rel=1e-3)
