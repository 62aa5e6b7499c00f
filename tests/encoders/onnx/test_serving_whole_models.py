"""ONNX Runtime serves a model with two towers when its files can be used, else torch does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import NONE, Card
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.export_folder import ExportFolder
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx_export import gate
from gallery.encoders.reference.encoder import ReferenceEncoder
from tests.encoders.loading import load
from tests.encoders.programs import output_of

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")


def loaded_type(model: Path) -> type:
    return type(load(model))


def replace_in_card(folder: Path, old: str, new: str) -> None:
    card = (folder / files.CARD).read_text()
    assert old in card
    (folder / files.CARD).write_text(card.replace(old, new))


def test_vectors_equal_those_of_the_reference(tiny_clip: Path, fast_tiny: OnnxEncoder) -> None:
    samples = gate.samples()
    reference = ReferenceEncoder(ModelFolder(str(tiny_clip), tiny_clip))
    pictures, texts = samples.pictures[:60], samples.texts[:60]
    for method, inputs in (("encode_images", pictures), ("encode_texts", texts)):
        fast, slow = getattr(fast_tiny, method)(inputs), getattr(reference, method)(inputs)
        assert np.einsum("ij,ij->i", fast, slow).min() > 0.995


@pytest.mark.usefixtures("installed_clip")
def test_the_fast_path_needs_no_torch(tiny_clip: Path, models_dir: Path) -> None:
    assert output_of("encode_text.py", tiny_clip, models_dir) == "(1, 512) True False"


@pytest.mark.usefixtures("installed_clip")
def test_the_fast_path_serves_with_its_files(tiny_clip: Path) -> None:
    assert loaded_type(tiny_clip) is OnnxEncoder


@pytest.mark.usefixtures("installed_clip")
def test_a_site_can_choose_torch(tiny_clip: Path, gallery_setting: Any) -> None:
    gallery_setting(encoder_backend="torch")
    assert loaded_type(tiny_clip) is ReferenceEncoder


@pytest.mark.usefixtures("installed_clip", "gpu_device")
def test_torch_serves_on_a_gpu(tiny_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReferenceEncoder, "on_gpu", True)
    assert loaded_type(tiny_clip) is ReferenceEncoder


@pytest.mark.usefixtures("installed_clip", "gpu_device")
def test_a_site_can_choose_onnx_despite_a_gpu(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch, gallery_setting: Any
) -> None:
    monkeypatch.setattr(ReferenceEncoder, "on_gpu", True)
    gallery_setting(encoder_backend="onnx")
    assert loaded_type(tiny_clip) is OnnxEncoder


@pytest.mark.usefixtures("installed_clip", "gpu_device")
def test_a_gpu_that_torch_cannot_use_is_ignored(tiny_clip: Path) -> None:
    assert loaded_type(tiny_clip) is OnnxEncoder


@pytest.mark.parametrize("name", [files.VISUAL, files.TEXT, files.TOKENIZER, files.CARD])
def test_truncated_files_are_not_used(
    tiny_clip: Path, installed_clip: ExportFolder[Card], name: str
) -> None:
    file = installed_clip.path / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert loaded_type(tiny_clip) is ReferenceEncoder


def test_files_from_another_machine_are_not_used(
    tiny_clip: Path, installed_clip: ExportFolder[Card]
) -> None:
    replace_in_card(installed_clip.path, measured_on(), "another processor")
    assert loaded_type(tiny_clip) is ReferenceEncoder


def test_files_of_other_weights_are_not_used(
    tiny_clip: Path, installed_clip: ExportFolder[Card]
) -> None:
    replace_in_card(installed_clip.path, installed_clip.fingerprint, "another model")
    assert loaded_type(tiny_clip) is ReferenceEncoder


def test_files_with_an_older_card_are_used(
    tiny_clip: Path, installed_clip: ExportFolder[Card]
) -> None:
    replace_in_card(installed_clip.path, '"measured_on"', '"made_on"')
    assert loaded_type(tiny_clip) is OnnxEncoder


def test_torch_serves_without_a_faithful_variant(
    tiny_clip: Path, installed_clip: ExportFolder[Card]
) -> None:
    card = installed_clip.card()
    assert card is not None
    for name in (files.VISUAL, files.TEXT, files.TOKENIZER):
        (installed_clip.path / name).unlink()
    sizes = {files.PROBE: card.sizes[files.PROBE]}
    replace(card, visual=NONE, text=NONE, sizes=sizes).write(installed_clip.path)
    card = installed_clip.card()
    assert card is not None
    assert not card.usable
    assert loaded_type(tiny_clip) is ReferenceEncoder
