"""The vectors of a wider model are cut to 512 numbers if its settings allow it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx_export.export import export
from tests.encoders.loading import load
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


def set_values(folder: Path, settings: dict[str, Any], *, file: str = "config.json") -> Path:
    path = folder / file
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**before, **settings}))
    return folder


def fingerprint(folder: Path) -> str:
    return str(fingerprint_of(ModelFolder(str(folder), folder)))


def uncut_vectors(encoder: Any, inputs: list[Any]) -> np.ndarray[Any, Any]:
    """The vectors before the cut."""
    vectors = encoder.model.encode(inputs, truncate_dim=768, show_progress_bar=False)
    return np.asarray(vectors)


@pytest.mark.parametrize("name", ["config.json", "config_sentence_transformers.json"])
def test_first_512_numbers_are_normalised(wide: Path, name: str) -> None:
    encoder: Encoder = load(set_values(wide, LISTED, file=name))
    for vector, uncut in (
        (encoder.encode_images([PICTURE])[0], uncut_vectors(encoder, [PICTURE])[0]),
        (encoder.encode_texts(["a cat"])[0], uncut_vectors(encoder, [{"text": "a cat"}])[0]),
    ):
        assert uncut.shape == (768,)
        assert np.allclose(vector, uncut[:512] / np.linalg.norm(uncut[:512]), atol=1e-5)


def test_cut_is_part_of_the_fingerprint(wide: Path) -> None:
    assert "cut to 512" not in fingerprint(wide)
    assert " cut to 512 224px bicubic" in fingerprint(set_values(wide, LISTED))
    assert fingerprint(wide).endswith(" pil 512")


@pytest.mark.parametrize("values", [{}, {WIDTHS: [256, 768]}, {WIDTHS: None}, {WIDTHS: 512}])
def test_wider_model_without_listed_width_is_refused(wide: Path, values: Any) -> None:
    with pytest.raises(EncoderMismatch) as refusal:
        load(set_values(wide, values))
    for word in ("768", "512", WIDTHS, "config.json", "GALLERY_ENCODER"):
        assert word in refusal.value.message


def test_model_that_cuts_by_default_is_recognised(wide: Path) -> None:
    set_values(wide, {"truncate_dim": 512}, file="config_sentence_transformers.json")
    assert " cut to 512 " in fingerprint(wide)
    assert load(wide).encode_texts(["a cat"]).shape == (1, 512)


def test_model_that_cuts_to_256_is_refused(wide_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(wide_clip, tmp_path / "model")
    set_values(folder, {"truncate_dim": 256}, file="config_sentence_transformers.json")
    with pytest.raises(EncoderMismatch, match="vectors of 256 numbers"):
        load(folder)


def test_settings_in_a_subfolder_are_read(wide_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(wide_clip, tmp_path / "model")
    set_values(folder / "0_CLIPModel", LISTED)
    assert load(folder).encode_texts(["a cat"]).shape == (1, 512)


def test_model_of_512_numbers_is_not_cut(tiny_clip: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    set_values(folder, {WIDTHS: [64, 128, 256, 512]})
    assert "cut" not in fingerprint(folder)


def test_last_layer_decides_the_width(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "texts", width=768)
    set_values(texts, {"projection_dim": 512, **LISTED})
    assert " cut to 512 " in fingerprint(texts)


@pytest.mark.slow
def test_onnx_files_of_cut_model_are_cut(wide: Path, tmp_path: Path) -> None:
    model = ModelFolder(str(wide), set_values(wide, LISTED))
    card = export(model, tmp_path / "onnx")
    assert card.usable
    fast = OnnxEncoder(fingerprint_of(model), tmp_path / "onnx", card)
    reference = load(wide)
    for method, inputs in (("encode_texts", ["a cat"]), ("encode_images", [PICTURE])):
        vectors = getattr(fast, method)(inputs)
        assert vectors.shape == (1, 512)
        assert float(vectors[0] @ getattr(reference, method)(inputs)[0]) > 0.99
