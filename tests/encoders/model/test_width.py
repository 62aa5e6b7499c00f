"""A wider model is cut to 512 numbers where its own files say that they serve alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderMismatch
from gallery.encoders import loader
from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx_export.export import export
from tests.encoders.tiny_clip import make_hub_layout, make_tiny_clip
from tests.encoders.tiny_texts import make_tiny_texts

PICTURE = PIL.Image.linear_gradient("L").convert("RGB")
WIDTHS = "matryoshka_dimensions"
LISTED = {WIDTHS: [64, 128, 256, 512, 768]}


@pytest.fixture(scope="session")
def wide_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_clip(tmp_path_factory.mktemp("models") / "wide", width=768)


@pytest.fixture
def wide(wide_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(wide_clip, tmp_path / "wide"))


def say(folder: Path, settings: dict[str, Any], *, file: str = "config.json") -> Path:
    path = folder / file
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**before, **settings}))
    return folder


def fingerprint(folder: Path) -> str:
    return str(fingerprint_of(ModelFolder(str(folder), folder)))


def whole(encoder: Any, inputs: list[Any]) -> np.ndarray[Any, Any]:
    """The vectors before they are cut."""
    vectors = encoder.model.encode(inputs, truncate_dim=768, show_progress_bar=False)
    return np.asarray(vectors)


@pytest.mark.parametrize("name", ["config.json", "config_sentence_transformers.json"])
def test_the_first_512_numbers_are_kept_and_brought_to_norm_1(wide: Path, name: str) -> None:
    encoder: Encoder = loader.load(str(say(wide, LISTED, file=name)))
    for vector, uncut in (
        (encoder.encode_images([PICTURE])[0], whole(encoder, [PICTURE])[0]),
        (encoder.encode_texts(["a cat"])[0], whole(encoder, [{"text": "a cat"}])[0]),
    ):
        assert uncut.shape == (768,)
        assert np.allclose(vector, uncut[:512] / np.linalg.norm(uncut[:512]), atol=1e-5)


def test_the_cut_shows_in_the_fingerprint(wide: Path) -> None:
    assert "cut to 512" not in fingerprint(wide)
    assert " cut to 512 224px bicubic" in fingerprint(say(wide, LISTED))
    assert fingerprint(wide).endswith(" pil 512")


@pytest.mark.parametrize("said", [{}, {WIDTHS: [256, 768]}, {WIDTHS: None}, {WIDTHS: 512}])
def test_a_wider_model_that_does_not_say_so_is_refused(wide: Path, said: Any) -> None:
    with pytest.raises(EncoderMismatch) as refusal:
        loader.load(str(say(wide, said)))
    for word in ("768", "512", WIDTHS, "config.json", "GALLERY_ENCODER"):
        assert word in refusal.value.message


def test_a_model_that_cuts_by_itself_is_seen_through(wide: Path) -> None:
    say(wide, {"truncate_dim": 512}, file="config_sentence_transformers.json")
    assert " cut to 512 " in fingerprint(wide)
    assert loader.load(str(wide)).encode_texts(["a cat"]).shape == (1, 512)


def test_a_model_that_cuts_to_another_width_is_refused(wide_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(wide_clip, tmp_path / "model")
    say(folder, {"truncate_dim": 256}, file="config_sentence_transformers.json")
    with pytest.raises(EncoderMismatch, match="vectors of 256 numbers"):
        loader.load(str(folder))


def test_a_model_in_a_folder_below_is_asked_too(wide_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(wide_clip, tmp_path / "model")
    say(folder / "0_CLIPModel", LISTED)
    assert loader.load(str(folder)).encode_texts(["a cat"]).shape == (1, 512)


def test_a_model_of_512_numbers_is_not_cut(tiny_clip: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    say(folder, {WIDTHS: [64, 128, 256, 512]})
    assert "cut" not in fingerprint(folder)


def test_the_last_layer_decides_how_wide_a_model_is(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "texts", width=768)
    say(texts, {"projection_dim": 512, **LISTED})
    assert " cut to 512 " in fingerprint(texts)


@pytest.mark.slow
def test_the_fast_path_of_a_cut_model_is_cut_too(wide: Path, tmp_path: Path) -> None:
    model = ModelFolder(str(wide), say(wide, LISTED))
    card = export(model, tmp_path / "onnx")
    assert card.usable
    fast = OnnxEncoder(fingerprint_of(model), tmp_path / "onnx", card)
    reference = loader.load(str(wide))
    for method, asked in (("encode_texts", ["a cat"]), ("encode_images", [PICTURE])):
        vectors = getattr(fast, method)(asked)
        assert vectors.shape == (1, 512)
        assert float(vectors[0] @ getattr(reference, method)(asked)[0]) > 0.99
