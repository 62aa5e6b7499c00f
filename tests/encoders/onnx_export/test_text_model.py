"""The text half of a model in ONNX Runtime's form: the same tokens, the same vectors."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.export import export_texts
from gallery.encoders.onnx_export.lock import lock
from gallery.encoders.onnx_export.text_model import TextModelExport
from gallery.encoders.text_tower import TextTower
from tests.encoders.tiny_texts import make_old_layout, make_tiny_texts, put_words_before

LENGTHS = ["a", "", "Two Red Cars", "一只红色的猫", "word " * 500, "x" * 9000, "\ud800", "cat"]


def exported(texts: Path, folder: Path) -> OnnxTextEncoder:
    return OnnxTextEncoder(folder, export_texts(ModelFolder("texts", texts), folder))


def assert_same(texts: Path, fast: OnnxTextEncoder) -> None:
    reference, captions = TextTower(ModelFolder("texts", texts)), gate.samples().texts
    slow = reference.encode_texts(captions)
    assert fidelity.among_themselves(fast.encode_texts(captions), slow).passes
    slow = np.concatenate([reference.encode_texts([text]) for text in LENGTHS])
    assert np.einsum("ij,ij->i", fast.encode_texts(LENGTHS), slow).min() > 0.99


def assert_alike(fast: OnnxTextEncoder) -> None:
    """In company, and therefore padded, each has the vector it has alone."""
    alone = np.concatenate([fast.encode_texts([text]) for text in LENGTHS])
    assert np.abs(fast.encode_texts(LENGTHS) - alone).max() < 1e-3
    assert fast.encode_texts([]).shape == (0, 512)


@pytest.mark.parametrize("pooling", ["mean", "cls", "max", "lasttoken", "weightedmean"])
def test_vectors_are_the_references_however_they_are_pooled(tmp_path: Path, pooling: str) -> None:
    texts = make_tiny_texts(tmp_path / "texts", pooling=pooling)
    fast = exported(texts, tmp_path / "onnx")
    assert_same(texts, fast)
    assert_alike(fast)


def test_a_model_of_another_architecture_is_translated_too(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "bert", bert=True)
    fast = exported(texts, tmp_path / "onnx")
    assert_same(texts, fast)
    assert_alike(fast)


def test_the_text_tower_of_the_hub_is_translated(tiny_texts: Path, tmp_path: Path) -> None:
    texts = make_old_layout(tiny_texts, tmp_path / "old")
    fast = exported(texts, tmp_path / "onnx")
    assert_same(texts, fast)
    assert_alike(fast)


def test_the_texts_of_a_clip_are_translated_alone(tiny_clip: Path, tmp_path: Path) -> None:
    fast = exported(tiny_clip, tmp_path / "onnx")
    assert_same(tiny_clip, fast)
    assert not (tmp_path / "onnx" / files.VISUAL).exists()


def test_a_large_vocabulary_takes_little_room(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "texts", words=20_000)
    reference = TextTower(ModelFolder("texts", texts))
    tower = TextModelExport(reference, "texts", tmp_path)
    coarse = tower.variants.make("int8-attention")
    room = [
        (tmp_path / name / files.TEXT).stat().st_size for name in (files.FULL, "int8-attention")
    ]
    assert room[1] < 0.4 * room[0]
    captions = gate.samples().texts
    slow, fast = reference.encode_texts(captions), coarse.encode_texts(captions)
    assert np.einsum("ij,ij->i", slow, fast).min() > 0.99


def cut_from_the_left(texts: Path) -> None:
    said = texts / "tokenizer_config.json"
    said.write_text(json.dumps({**json.loads(said.read_text()), "truncation_side": "left"}))


REFUSED = {put_words_before: "words of its own", cut_from_the_left: "cannot be reproduced"}


@pytest.mark.parametrize("change", REFUSED)
def test_a_model_whose_texts_would_become_other_tokens_is_not_translated(
    tiny_texts: Path, tmp_path: Path, change: Any
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    change(texts)
    with pytest.raises(ValueError, match=REFUSED[change]):
        exported(texts, tmp_path / "onnx")
    assert not (tmp_path / "onnx").exists()


def test_one_export_at_a_time_and_none_twice(tmp_path: Path) -> None:
    began: dict[str, list[bool]] = {"same": [], "other": []}

    def make(name: str) -> None:
        with lock(tmp_path / name) as is_first:
            began[name].append(is_first)

    threads = [threading.Thread(target=make, args=(name,)) for name in began]
    with lock(tmp_path / "same") as is_first:
        assert is_first
        for thread in threads:
            thread.start()
        threads[0].join()
        threads[1].join(timeout=0.5)
        assert began == {"same": [False], "other": []}
    threads[1].join()
    assert began["other"] == [True]
