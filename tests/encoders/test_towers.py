"""Two models as one encoder: ``texts+pictures``."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from safetensors.torch import load_file, save_file

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders import towers
from gallery.encoders.base import WIDTH, Encoder
from gallery.encoders.model.names import Towers, towers_of
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.export_folder import model_export_folder
from gallery.encoders.reference.encoder import ReferenceEncoder
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_tiny_clip
from tests.encoders.tiny_texts import make_old_layout, make_tiny_texts

PICTURE = PIL.Image.linear_gradient("L").convert("RGB")


@pytest.fixture
def both(tiny_clip: Path, tiny_texts: Path, unloaded: None) -> Encoder:
    return load(f"{tiny_texts}+{tiny_clip}")


@pytest.fixture
def texts(tiny_texts: Path, tmp_path: Path) -> Path:
    """A copy of the text model that a test may change."""
    return Path(shutil.copytree(tiny_texts, tmp_path / "texts"))


def test_pictures_and_fingerprint_come_from_picture_model(both: Encoder, tiny_clip: Path) -> None:
    alone = load(tiny_clip)
    assert both.fingerprint == alone.fingerprint
    assert both.picture_side == alone.picture_side
    assert np.array_equal(both.encode_images([PICTURE]), alone.encode_images([PICTURE]))


def test_texts_are_encoded_by_the_text_model(both: Encoder, tiny_clip: Path) -> None:
    inputs = ["a cat", "一只红色的猫", ""]
    vectors = both.encode_texts(inputs)
    assert vectors.shape == (3, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert np.abs(vectors - load(tiny_clip).encode_texts(inputs)).max() > 0.01


def test_text_vectors_keep_the_order_of_texts(both: Encoder) -> None:
    inputs = ["a", "a much longer text about a cat", "word " * 500, "x" * 9000, "\ud800", "cat"]
    single = np.concatenate([both.encode_texts([text]) for text in inputs])
    assert np.abs(both.encode_texts(inputs) - single).max() < 1e-4
    assert both.encode_texts([]).shape == (0, WIDTH)


def test_logit_scale_comes_from_picture_model(both: Encoder, tiny_clip: Path) -> None:
    assert both.logit_scale == pytest.approx(load(tiny_clip).logit_scale)


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_logit_scale_is_read_in_any_precision(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, both: Encoder, precision: str
) -> None:
    clip = Path(shutil.copytree(tiny_clip, tmp_path / "clip"))
    weights = load_file(clip / "model.safetensors")
    weights["logit_scale"] = weights["logit_scale"].to(getattr(torch, precision))
    save_file(weights, clip / "model.safetensors")
    encoder = load(f"{tiny_texts}+{clip}")
    assert encoder.logit_scale == pytest.approx(both.logit_scale, rel=0.02)


def test_encoding_texts_does_not_load_picture_model(both: Any) -> None:
    both.encode_texts(["a cat"])
    assert both.logit_scale > 1
    assert (both.texts.is_loaded, both.pictures.is_loaded) == (True, False)


def test_encoding_pictures_does_not_load_text_model(both: Any) -> None:
    both.encode_images([PICTURE])
    assert (both.texts.is_loaded, both.pictures.is_loaded) == (False, True)


def test_older_layout_of_text_model_is_read(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, both: Encoder
) -> None:
    old = make_old_layout(tiny_texts, tmp_path / "old")
    encoder = load(f"{old}+{tiny_clip}")
    inputs = ["a cat", "word " * 500]
    assert np.allclose(encoder.encode_texts(inputs), both.encode_texts(inputs), atol=1e-6)


def test_text_is_never_fetched_or_opened(both: Encoder, tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "x.png")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        inputs = [f"http://127.0.0.1:{server.getsockname()[1]}/x.png", str(tmp_path / "x.png")]
        padded = both.encode_texts([f" {text} " for text in inputs])
        assert np.allclose(both.encode_texts(inputs), padded, atol=1e-5)
        with pytest.raises(TimeoutError):
            server.accept()


def test_text_model_of_other_width_is_refused(tiny_clip: Path, tmp_path: Path) -> None:
    narrow = make_tiny_texts(tmp_path / "narrow", width=256)
    encoder = load(f"{narrow}+{tiny_clip}")
    with pytest.raises(EncoderMismatch, match=r"narrow gives vectors of 256 .*512"):
        towers.load(encoder)


def test_picture_model_of_other_width_is_refused(tiny_texts: Path, narrow_clip: Path) -> None:
    encoder = load(f"{tiny_texts}+{narrow_clip}")
    towers.load(encoder, pictures=False)
    with pytest.raises(EncoderMismatch, match=r"256 .*512"):
        towers.load(encoder, texts=False)


@pytest.mark.parametrize("part", ["model.safetensors", "2_Dense/model.safetensors"])
def test_pickled_weights_are_not_read(texts: Path, tiny_clip: Path, part: str) -> None:
    (texts / part).rename((texts / part).with_name("pytorch_model.bin"))
    with pytest.raises(EncoderUnavailable, match=f"{part} is missing"):
        load(f"{texts}+{tiny_clip}")


@pytest.mark.parametrize("part", ["2_Dense/model.safetensors", "modules.json"])
def test_damaged_text_model_is_refused(texts: Path, tiny_clip: Path, part: str) -> None:
    (texts / part).write_bytes(b"\x00" * 100)
    with pytest.raises(EncoderUnavailable, match=r"cannot be (loaded|read)"):
        towers.load(load(f"{texts}+{tiny_clip}"))


def test_code_in_a_text_model_is_not_run(texts: Path, tiny_clip: Path, tmp_path: Path) -> None:
    modules = json.loads((texts / "modules.json").read_text())
    modules[1]["type"] = "evil.Pooling"
    (texts / "modules.json").write_text(json.dumps(modules))
    (texts / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Pooling: ...")
    with pytest.raises(EncoderUnavailable):
        towers.load(load(f"{texts}+{tiny_clip}"))
    assert not (tmp_path / "ran").exists()


def test_text_model_alone_is_refused_with_advice(tiny_texts: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"picture processor.*\+clip-ViT-B-32"):
        load(tiny_texts)


@pytest.mark.parametrize("name", ["+", "x+", "+x", "a+b+c", "/none+builtin", "builtin+/none"])
def test_incomplete_pair_is_refused(name: str, hub_home: Path, models_dir: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        load(name)


def test_names_of_pairs_are_parsed(models_dir: Path) -> None:
    (models_dir / "c++").mkdir()
    multilingual = "clip-ViT-B-32-multilingual-v1"
    assert towers_of(multilingual) == Towers(multilingual, "clip-ViT-B-32")
    assert towers_of(f"{multilingual}@main+ours") == Towers(f"{multilingual}@main", "ours")
    assert towers_of("c+++builtin") == Towers("c++", "builtin")
    assert towers_of("c++") is None
    assert towers_of("clip-ViT-B-32") is None


def test_replaced_picture_model_is_refused(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path
) -> None:
    clip = Path(shutil.copytree(tiny_clip, tmp_path / "clip"))
    encoder = load(f"{tiny_texts}+{clip}")
    shutil.rmtree(clip)
    make_tiny_clip(clip, seed=9)
    with pytest.raises(EncoderMismatch, match="now another one"):
        encoder.encode_images([PICTURE])


def test_failed_loading_is_tried_again(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, texts: Path
) -> None:
    weights = (texts / "2_Dense" / "model.safetensors").read_bytes()
    encoder = load(f"{texts}+{tiny_clip}")
    (texts / "2_Dense" / "model.safetensors").write_bytes(b"")
    with pytest.raises(EncoderUnavailable):
        encoder.encode_texts(["a cat"])
    (texts / "2_Dense" / "model.safetensors").write_bytes(weights)
    assert encoder.encode_texts(["a cat"]).shape == (1, WIDTH)


def test_complete_model_can_encode_only_texts(tiny_clip: Path, tmp_path: Path) -> None:
    other = make_tiny_clip(tmp_path / "other", seed=5)
    encoder = load(f"{other}+{tiny_clip}")
    alone = load(other).encode_texts(["a cat"])
    assert np.allclose(encoder.encode_texts(["a cat"]), alone, atol=1e-6)


def test_onnx_files_replace_torch_for_pictures(
    tiny_texts: Path, tiny_clip: Path, exported_tiny: Path, models_dir: Path, unloaded: None
) -> None:
    encoder: Any = load(f"{tiny_texts}+{tiny_clip}")
    slow = encoder.encode_images([PICTURE])
    assert isinstance(encoder.pictures(), ReferenceEncoder)
    shutil.copytree(exported_tiny, model_export_folder(encoder.fingerprint).path)
    fast = encoder.encode_images([PICTURE])
    assert isinstance(encoder.pictures(), OnnxEncoder)
    assert float(slow[0] @ fast[0]) > 0.995
