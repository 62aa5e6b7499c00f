"""ONNX Runtime in torch's place: the same vectors, and nobody waits for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from gallery.encoders import backend, loader
from gallery.encoders.base import Encoder
from gallery.encoders.model import lookup
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export, files
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.export import export
from gallery.encoders.reference import SentenceTransformerEncoder
from tests.encoders.loading import load

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")


@pytest.fixture
def export_path(tiny_clip: Path, exported_tiny: Path, models_dir: Path) -> Path:
    """Where the site looks for the tiny CLIP's fast path, with its files there."""
    folder = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip))).path
    shutil.copytree(exported_tiny, folder)
    return folder


def kind_of(model: Path) -> type:
    return type(load(model))


def test_its_vectors_are_the_references(tiny_clip: Path, fast_tiny: OnnxEncoder) -> None:
    some = gate.samples()
    reference = SentenceTransformerEncoder(ModelFolder(str(tiny_clip), tiny_clip))
    pictures, texts = some.pictures[:60], some.texts[:60]
    for method, asked in (("encode_images", pictures), ("encode_texts", texts)):
        fast, slow = getattr(fast_tiny, method)(asked), getattr(reference, method)(asked)
        assert np.einsum("ij,ij->i", fast, slow).min() > 0.995


@pytest.mark.usefixtures("export_path")
def test_a_process_that_finds_the_files_needs_no_torch(tiny_clip: Path, models_dir: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from django.conf import settings
settings.GALLERY["models_dir"] = Path({str(models_dir)!r})
from tests.encoders.loading import load
print(load({str(tiny_clip)!r}).encode_texts(["a red car"]).shape, "torch" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == "(1, 512) False"


@pytest.mark.usefixtures("export_path")
def test_the_fast_path_serves_when_its_files_are_there(tiny_clip: Path) -> None:
    assert kind_of(tiny_clip) is OnnxEncoder


@pytest.mark.usefixtures("export_path")
def test_a_site_can_ask_for_torch(tiny_clip: Path, gallery_setting: Any) -> None:
    gallery_setting(encoder_backend="torch")
    assert kind_of(tiny_clip) is SentenceTransformerEncoder


@pytest.fixture
def card_in_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(backend, "GPU_DEVICES", (tmp_path,))


@pytest.mark.usefixtures("export_path", "card_in_the_machine")
def test_torch_keeps_the_work_where_it_has_a_gpu(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch, gallery_setting: Any
) -> None:
    monkeypatch.setattr(SentenceTransformerEncoder, "on_gpu", True)
    assert kind_of(tiny_clip) is SentenceTransformerEncoder
    loader.forget_all()
    gallery_setting(encoder_backend="onnx")
    assert kind_of(tiny_clip) is OnnxEncoder


@pytest.mark.usefixtures("export_path", "card_in_the_machine")
def test_a_card_that_torch_cannot_use_does_not_matter(tiny_clip: Path) -> None:
    assert kind_of(tiny_clip) is OnnxEncoder


@pytest.mark.parametrize("damaged", [files.VISUAL, files.TEXT, files.TOKENIZER, files.CARD])
def test_files_that_were_cut_off_are_not_used(
    tiny_clip: Path, export_path: Path, damaged: str
) -> None:
    whole = (export_path / damaged).read_bytes()
    (export_path / damaged).write_bytes(whole[: len(whole) // 2])
    assert kind_of(tiny_clip) is SentenceTransformerEncoder


def test_files_measured_on_another_machine_are_not_used(tiny_clip: Path, export_path: Path) -> None:
    card = (export_path / files.CARD).read_text()
    (export_path / files.CARD).write_text(card.replace(measured_on(), "another processor"))
    assert kind_of(tiny_clip) is SentenceTransformerEncoder


def test_files_of_other_weights_are_not_used(tiny_clip: Path, export_path: Path) -> None:
    card = (export_path / files.CARD).read_text()
    name = str(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    (export_path / files.CARD).write_text(card.replace(name, "another model"))
    assert kind_of(tiny_clip) is SentenceTransformerEncoder


def test_the_reference_answers_until_the_files_come(
    tiny_clip: Path, exported_tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(background_export, "begin", lambda model, folder: asked.append(model.name))
    assert kind_of(tiny_clip) is SentenceTransformerEncoder
    assert asked == [str(tiny_clip)]
    target = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip))).path
    shutil.copytree(exported_tiny, target)
    assert kind_of(tiny_clip) is OnnxEncoder


@pytest.mark.slow
def test_a_long_lived_process_has_the_files_made(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_export, "_tried", set())
    background_export.allow()
    try:
        assert kind_of(tiny_clip) is SentenceTransformerEncoder
        until = time.monotonic() + 120
        while kind_of(tiny_clip) is not OnnxEncoder:
            assert time.monotonic() < until
            time.sleep(0.5)
    finally:
        background_export._allowed.clear()


def test_a_process_that_only_passes_by_makes_no_files(tiny_clip: Path, models_dir: Path) -> None:
    assert kind_of(tiny_clip) is SentenceTransformerEncoder
    assert not list(models_dir.glob("onnx/*"))


class Noisy:
    """An encoder whose vectors are another's with errors of the size asked."""

    def __init__(self, vectors: Any, error: float) -> None:
        noise = np.random.default_rng(1).standard_normal(vectors.shape) * error
        noisy = vectors + noise / np.sqrt(vectors.shape[1])
        self.vectors = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def chosen(errors: dict[str, float]) -> tuple[str, Any]:
    rows = np.random.default_rng(0).standard_normal((200, 512)).astype(np.float32)
    reference = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    encoders: dict[str, Any] = {name: Noisy(reference, error) for name, error in errors.items()}

    def work(encoder: Any) -> list[int]:
        time.sleep(0.05 if encoder is encoders["fp32"] else 0.001)
        return [1]

    return gate.choose(
        {name: lambda one=encoder: one for name, encoder in encoders.items()},  # type: ignore[misc]
        lambda encoder: fidelity.among_themselves(getattr(encoder, "vectors"), reference),  # noqa: B009
        work,
    )


def test_the_gate_lets_the_fastest_faithful_variant_through() -> None:
    assert chosen({"fp32": 0.0, "int8": 0.01, "int8-fine": 0.0})[0] == "int8"


def test_the_gate_keeps_out_what_finds_other_pictures() -> None:
    name, figures = chosen({"fp32": 0.0, "int8": 0.3, "int8-fine": 0.01})
    assert name == "int8-fine"
    assert figures["int8"]["overlap"] < fidelity.LEAST_OVERLAP
    assert chosen({"fp32": 0.5, "int8": 0.5})[0] == files.NONE


def test_a_model_without_a_faithful_variant_stays_with_the_reference(
    tiny_clip: Path, export_path: Path
) -> None:
    fingerprint = fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip))
    card = files.read_card(export_path, files.export_folder(fingerprint))
    assert card is not None
    for name in (files.VISUAL, files.TEXT, files.TOKENIZER):
        (export_path / name).unlink()
    sizes = {files.PROBE: card.sizes[files.PROBE]}
    replace(card, visual=files.NONE, text=files.NONE, sizes=sizes).write(export_path)
    found = files.read_card(export_path, files.export_folder(fingerprint))
    assert found is not None
    assert not found.usable
    assert kind_of(tiny_clip) is SentenceTransformerEncoder


@pytest.mark.slow
def test_the_built_in_model_passes_the_gate(tmp_path: Path) -> None:
    model = lookup.find("builtin").pictures
    card = export(model, tmp_path / "onnx")
    assert card.usable
    fast: Encoder = OnnxEncoder(fingerprint_of(model), tmp_path / "onnx", card)
    some = gate.samples()
    pictures, captions = fast.encode_images(some.pictures), fast.encode_texts(some.texts)
    own = np.arange(len(captions)) % len(pictures)  # in English, then in Chinese
    assert ((captions @ pictures.T).argmax(axis=1) == own).mean() > 0.85
