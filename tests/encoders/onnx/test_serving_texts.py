"""ONNX Runtime serves the text model of two models in one when its files can be used."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import Card, TextCard
from gallery.encoders.onnx.export_folder import ExportFolder, text_export_folder
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity
from gallery.encoders.onnx_export.export import export_texts
from gallery.encoders.reference.text_encoder import ReferenceTextEncoder
from tests.encoders.loading import load
from tests.encoders.programs import output_of

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")


def loaded_type(texts: Path, pictures: Path) -> type:
    """The type of the encoder that computes texts."""
    encoder: Any = load(f"{texts}+{pictures}")
    encoder.encode_texts(["a cat"])
    return type(encoder.texts())


@pytest.mark.usefixtures("installed_texts")
def test_fast_texts_need_no_torch(tiny_texts: Path, tiny_clip: Path, models_dir: Path) -> None:
    output = output_of("encode_text.py", f"{tiny_texts}+{tiny_clip}", models_dir)
    assert output == "(1, 512) True False"


@pytest.mark.usefixtures("installed_texts")
def test_a_site_can_choose_torch(tiny_texts: Path, tiny_clip: Path, gallery_setting: Any) -> None:
    gallery_setting(encoder_backend="torch")
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


@pytest.mark.usefixtures("installed_texts")
def test_the_fast_path_serves_with_its_files(tiny_texts: Path, tiny_clip: Path) -> None:
    assert loaded_type(tiny_texts, tiny_clip) is OnnxTextEncoder


@pytest.mark.usefixtures("installed_texts", "gpu_device")
def test_torch_serves_on_a_gpu(
    tiny_texts: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReferenceTextEncoder, "on_gpu", True)
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


@pytest.mark.parametrize("name", [files.TEXT, files.TOKENIZER, files.CARD])
def test_truncated_files_are_not_used(
    tiny_texts: Path, tiny_clip: Path, installed_texts: ExportFolder[TextCard], name: str
) -> None:
    file = installed_texts.path / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


@pytest.mark.parametrize("name", [files.TEXT, files.TOKENIZER])
def test_unreadable_files_are_not_used(
    tiny_texts: Path, tiny_clip: Path, installed_texts: ExportFolder[TextCard], name: str
) -> None:
    file = installed_texts.path / name
    file.write_bytes(b"\xff" * file.stat().st_size)
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


@pytest.mark.parametrize("changed", ["machine", "weights"])
def test_files_of_others_are_not_used(
    tiny_texts: Path, tiny_clip: Path, installed_texts: ExportFolder[TextCard], changed: str
) -> None:
    values = {"machine": measured_on(), "weights": installed_texts.fingerprint}
    card = installed_texts.path / files.CARD
    card.write_text(card.read_text().replace(values[changed], "another"))
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


def test_a_whole_model_has_another_folder(
    tiny_clip: Path, clip_folder: ExportFolder[Card], exported_tiny: Path
) -> None:
    texts_only = text_export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    assert clip_folder.path != texts_only.path
    shutil.copytree(exported_tiny, texts_only.path)
    assert texts_only.card() is None


def test_torch_serves_without_a_faithful_variant(
    tiny_texts: Path,
    tiny_clip: Path,
    texts_folder: ExportFolder[TextCard],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fidelity, "MIN_COSINE", 1.01)
    card = export_texts(ModelFolder("texts", tiny_texts), texts_folder.path)
    assert (card.usable, list(card.sizes)) == (False, [files.PROBE])
    assert texts_folder.card() == card
    assert loaded_type(tiny_texts, tiny_clip) is ReferenceTextEncoder


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 2), (8, 2)])
def test_a_text_uses_the_threads_of_the_card(
    exported_texts: Path, monkeypatch: pytest.MonkeyPatch, cores: int, expected: int
) -> None:
    card = TextCard(**json.loads((exported_texts / files.CARD).read_text()))
    one_thread = OnnxTextEncoder(exported_texts, replace(card, text_threads=1))
    vector = one_thread.encode_texts(["a red car"])[0]
    monkeypatch.setenv("GALLERY_TORCH_THREADS", str(cores))
    encoder = OnnxTextEncoder(exported_texts, replace(card, text_threads=2))
    assert encoder.session.read().get_session_options().intra_op_num_threads == expected
    assert float(encoder.encode_texts(["a red car"])[0] @ vector) > 0.9999
