"""The gate chooses the fastest variant whose vectors are faithful to the reference's."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gallery.encoders.base import Encoder, Vectors
from gallery.encoders.model import lookup
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import NONE, TextCard
from gallery.encoders.onnx.computations import MILLISECONDS
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.export import export
from gallery.encoders.onnx_export.fidelity import Fidelity


class NoisyEncoder:
    """Its vectors are the reference's plus noise of norm ``error``; one takes ``seconds``."""

    def __init__(self, reference: Vectors, error: float, seconds: float) -> None:
        noise = np.random.default_rng(1).standard_normal(reference.shape) * error
        noisy = reference + noise / np.sqrt(reference.shape[1])
        self.vectors = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        self.seconds = seconds


def encode_one(encoder: NoisyEncoder) -> list[int]:
    time.sleep(encoder.seconds)
    return [1]


def choose(errors: dict[str, float]) -> tuple[str, gate.Figures]:
    """What the gate chooses among variants with these errors."""
    rows = np.random.default_rng(0).standard_normal((200, 512)).astype(np.float32)
    reference = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    variants = {
        name: partial(NoisyEncoder, reference, error, 0.05 if name == "fp32" else 0.001)
        for name, error in errors.items()
    }
    return gate.choose(
        variants,
        lambda encoder: fidelity.within_modality(encoder.vectors, reference),
        encode_one,
    )


def test_the_fastest_faithful_variant_serves() -> None:
    assert choose({"fp32": 0.0, "int8": 0.01, "int8-fine": 0.0})[0] == "int8"


def test_variants_that_find_other_pictures_are_refused() -> None:
    name, figures = choose({"fp32": 0.0, "int8": 0.3, "int8-fine": 0.01})
    assert name == "int8-fine"
    assert figures["int8"]["overlap"] < fidelity.MIN_OVERLAP
    assert choose({"fp32": 0.5, "int8": 0.5})[0] == NONE


def test_the_time_is_that_of_one_picture() -> None:
    def workload(encoder: str) -> range:
        time.sleep(0.08)
        return range(16)

    _, figures = gate.choose({"fp32": lambda: "fast"}, lambda encoder: Fidelity(1.0, 1.0), workload)
    assert 5 <= figures["fp32"][MILLISECONDS] < 40


@pytest.mark.parametrize(("seconds", "threads"), [(0.01, 2), (0.019, 1), (0.03, 1)])
def test_a_second_thread_must_be_worth_it(
    exported_texts: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, threads: int
) -> None:
    class TimedEncoder:
        def __init__(self, folder: Path, card: TextCard) -> None:
            self.seconds = {1: 0.02, 2: seconds}[card.text_threads]

        def encode_texts(self, texts: list[str]) -> None:
            time.sleep(self.seconds)

    monkeypatch.setattr(gate, "OnnxTextEncoder", TimedEncoder)
    monkeypatch.setattr(gate, "thread_count", lambda: 2)
    card = TextCard(**json.loads((exported_texts / files.CARD).read_text()))
    chosen = gate.with_text_threads(card, exported_texts, gate.samples().texts)
    assert chosen.text_threads == threads
    assert chosen.gate["texts"][card.text][MILLISECONDS] >= 1000 * min(seconds, 0.02)


@pytest.mark.slow
def test_the_built_in_model_passes_the_gate(tmp_path: Path) -> None:
    model = lookup.find("builtin").pictures
    card = export(model, tmp_path / "onnx")
    assert card.usable
    fast: Encoder = OnnxEncoder(fingerprint_of(model), tmp_path / "onnx", card)
    samples = gate.samples()
    pictures, captions = fast.encode_images(samples.pictures), fast.encode_texts(samples.texts)
    own = np.arange(len(captions)) % len(pictures)  # captions in English, then in Chinese
    assert ((captions @ pictures.T).argmax(axis=1) == own).mean() > 0.85
