"""An exported text model gives the same tokens and the same vectors as its reference."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import FULL
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.export import export_texts
from gallery.encoders.onnx_export.text_model import TextModelExport
from gallery.encoders.reference.text_encoder import ReferenceTextEncoder
from tests.encoders.tiny_texts import make_old_layout, make_tiny_texts, put_words_before

LENGTHS = ["a", "", "Two Red Cars", "一只红色的猫", "word " * 500, "x" * 9000, "\ud800", "cat"]


def export(texts: Path, folder: Path) -> OnnxTextEncoder:
    return OnnxTextEncoder(folder, export_texts(ModelFolder("texts", texts), folder))


def assert_like_reference(texts: Path, encoder: OnnxTextEncoder) -> None:
    reference, captions = ReferenceTextEncoder(ModelFolder("texts", texts)), gate.samples().texts
    expected = reference.encode_texts(captions)
    assert fidelity.within_modality(encoder.encode_texts(captions), expected).passes
    expected = np.concatenate([reference.encode_texts([text]) for text in LENGTHS])
    assert np.einsum("ij,ij->i", encoder.encode_texts(LENGTHS), expected).min() > 0.99


def assert_independent_of_batch(encoder: OnnxTextEncoder) -> None:
    """A text that is padded in a batch has the vector that it has by itself."""
    alone = np.concatenate([encoder.encode_texts([text]) for text in LENGTHS])
    assert np.abs(encoder.encode_texts(LENGTHS) - alone).max() < 1e-3
    assert encoder.encode_texts([]).shape == (0, 512)


@pytest.mark.parametrize("pooling", ["mean", "cls", "max", "lasttoken", "weightedmean"])
def test_every_pooling_is_exported(tmp_path: Path, pooling: str) -> None:
    texts = make_tiny_texts(tmp_path / "texts", pooling=pooling)
    encoder = export(texts, tmp_path / "onnx")
    assert_like_reference(texts, encoder)
    assert_independent_of_batch(encoder)


@pytest.mark.slow
def test_another_architecture_is_exported(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "bert", bert=True)
    encoder = export(texts, tmp_path / "onnx")
    assert_like_reference(texts, encoder)
    assert_independent_of_batch(encoder)


def test_the_older_layout_is_exported(tiny_texts: Path, tmp_path: Path) -> None:
    texts = make_old_layout(tiny_texts, tmp_path / "old")
    encoder = export(texts, tmp_path / "onnx")
    assert_like_reference(texts, encoder)
    assert_independent_of_batch(encoder)


def test_the_texts_of_a_clip_are_exported(tiny_clip: Path, tmp_path: Path) -> None:
    encoder = export(tiny_clip, tmp_path / "onnx")
    assert_like_reference(tiny_clip, encoder)
    assert not (tmp_path / "onnx" / files.VISUAL).exists()


def test_a_large_vocabulary_takes_little_space(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "texts", words=20_000)
    reference = ReferenceTextEncoder(ModelFolder("texts", texts))
    variants = TextModelExport(reference, "texts", tmp_path).variants
    coarse = variants.make("int8-attention")
    full_size, coarse_size = (
        (variants.folder(name) / files.TEXT).stat().st_size for name in (FULL, "int8-attention")
    )
    assert coarse_size < 0.4 * full_size
    captions = gate.samples().texts
    expected, actual = reference.encode_texts(captions), coarse.encode_texts(captions)
    assert np.einsum("ij,ij->i", expected, actual).min() > 0.99


def truncate_from_the_left(texts: Path) -> None:
    file = texts / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "truncation_side": "left"}))


REFUSED = {put_words_before: "adds a prompt", truncate_from_the_left: "cannot be reproduced"}


@pytest.mark.parametrize("change", REFUSED)
def test_a_model_with_other_tokens_is_refused(
    tiny_texts: Path, tmp_path: Path, change: Any
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    change(texts)
    with pytest.raises(ValueError, match=REFUSED[change]):
        export(texts, tmp_path / "onnx")
    assert not (tmp_path / "onnx").exists()
