"""Every encoder names the backend, the variant and the measured speed of each tower."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest

from gallery.encoders.base import BY_TORCH, Computation
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export, files
from gallery.encoders.onnx.computations import MILLISECONDS
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx_export import gate
from gallery.encoders.onnx_export.fidelity import Fidelity
from tests.encoders.loading import load

PICTURE = PIL.Image.radial_gradient("L")
GATE = {
    "pictures": {"fp32": {MILLISECONDS: 30.5}, "int8": {MILLISECONDS: 9.4}},
    "texts": {"int8-fine": {MILLISECONDS: 5.3}},
}
PICTURES = Computation("onnx", "int8", 9.4, measured_on())
TEXTS = Computation("onnx", "int8-fine", 5.3, measured_on())

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")
Lines = pytest.LogCaptureFixture
LayOut = Callable[[], files.ExportFolder[files.Card]]


@pytest.fixture
def lay_out(tiny_clip: Path, exported_tiny: Path) -> LayOut:
    """Puts the tiny CLIP's files where the site looks for them, with the figures of ``GATE``."""
    export_folder = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))

    def lay() -> files.ExportFolder[files.Card]:
        shutil.copytree(exported_tiny, export_folder.path)
        card = export_folder.card()
        assert card is not None
        replace(card, visual="int8", text="int8-fine", gate=GATE).write(export_folder.path)
        return export_folder

    return lay


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def test_the_fast_path_names_variants_and_speeds(
    tiny_clip: Path, lay_out: LayOut, lines: Lines
) -> None:
    lay_out()
    encoder = load(tiny_clip)
    assert encoder.computations == {"pictures": PICTURES, "texts": TEXTS}
    assert "s: pictures onnx int8 9.4 ms, texts onnx int8-fine 5.3 ms" in lines.text


def test_torch_is_named_where_torch_serves(tiny_clip: Path, lines: Lines) -> None:
    encoder = load(tiny_clip)
    assert encoder.computations == {"pictures": BY_TORCH, "texts": BY_TORCH}
    assert "s: pictures torch fp32, texts torch fp32" in lines.text


def test_the_takeover_is_logged_with_variants(
    tiny_clip: Path, lay_out: LayOut, lines: Lines
) -> None:
    load(tiny_clip)
    lay_out()
    load(tiny_clip)
    assert "takes over from torch: pictures onnx int8 9.4 ms, texts onnx int8-fine" in lines.text


def test_two_models_name_only_what_is_loaded(
    tiny_clip: Path, tiny_texts: Path, lay_out: LayOut, lines: Lines
) -> None:
    lay_out()
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    assert encoder.computations == {}
    encoder.encode_texts(["a cat"])
    assert encoder.computations == {"texts": BY_TORCH}
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": PICTURES, "texts": BY_TORCH}
    assert f"model {tiny_texts} loaded in " in lines.text
    assert "s: texts torch fp32" in lines.text
    assert "s: pictures onnx int8 9.4 ms" in lines.text


def test_the_takeover_of_one_tower_is_logged(
    tiny_clip: Path, tiny_texts: Path, lay_out: LayOut, lines: Lines
) -> None:
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    encoder.encode_images([PICTURE])
    lay_out()
    encoder.encode_images([PICTURE])
    assert "takes over from torch: pictures onnx int8 9.4 ms" in lines.text


def test_texts_alone_name_their_variant(
    tiny_clip: Path, tiny_texts: Path, exported_texts: Path
) -> None:
    export_folder = files.text_export_folder(
        fingerprint_of(ModelFolder(str(tiny_texts), tiny_texts))
    )
    shutil.copytree(exported_texts, export_folder.path)
    card = export_folder.card()
    assert card is not None
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    encoder.encode_texts(["a cat"])
    speed = card.gate["texts"][card.text][MILLISECONDS]
    expected = Computation("onnx", card.text, speed, measured_on())
    assert encoder.computations == {"texts": expected}


def test_torch_is_named_while_files_are_lost(
    tiny_clip: Path, lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_export, "begin", lambda model, folder: None)
    export_folder = lay_out()
    encoder = load(tiny_clip)
    shutil.rmtree(export_folder.path)
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": BY_TORCH, "texts": TEXTS}
    lay_out()
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": PICTURES, "texts": TEXTS}


def test_the_gate_gives_the_time_per_picture() -> None:
    def work(encoder: str) -> range:
        time.sleep(0.08)
        return range(16)

    _, figures = gate.choose({"fp32": lambda: "fast"}, lambda encoder: Fidelity(1.0, 1.0), work)
    assert 5 <= figures["fp32"][MILLISECONDS] < 40
