"""Every encoder names the backend, the variant and the measured speed of each tower."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest

from gallery.encoders.base import BY_TORCH, Computation
from gallery.encoders.onnx.card import Card, TextCard
from gallery.encoders.onnx.computations import MILLISECONDS
from gallery.encoders.onnx.export_folder import ExportFolder
from gallery.encoders.onnx.machine import measured_on
from tests.encoders.loading import load

PICTURE = PIL.Image.radial_gradient("L")
GATE = {
    "pictures": {"fp32": {MILLISECONDS: 30.5}, "int8": {MILLISECONDS: 9.4}},
    "texts": {"int8-fine": {MILLISECONDS: 5.3}},
}
PICTURES = Computation("onnx", "int8", 9.4, measured_on())
TEXTS = Computation("onnx", "int8-fine", 5.3, measured_on())

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")
Install = Callable[[], None]
Log = pytest.LogCaptureFixture


@pytest.fixture
def install(clip_folder: ExportFolder[Card], exported_tiny: Path) -> Install:
    """Puts the files of the tiny CLIP into ``clip_folder``, with the figures of ``GATE``."""

    def copy() -> None:
        shutil.copytree(exported_tiny, clip_folder.path)
        card = clip_folder.card()
        assert card is not None
        replace(card, visual="int8", text="int8-fine", gate=GATE).write(clip_folder.path)

    return copy


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def test_onnx_names_variants_and_speeds(tiny_clip: Path, install: Install, log: Log) -> None:
    install()
    encoder = load(tiny_clip)
    assert encoder.computations == {"pictures": PICTURES, "texts": TEXTS}
    assert "s: pictures onnx int8 9.4 ms, texts onnx int8-fine 5.3 ms" in log.text


def test_torch_is_named_where_it_serves(tiny_clip: Path, log: Log) -> None:
    encoder = load(tiny_clip)
    assert encoder.computations == {"pictures": BY_TORCH, "texts": BY_TORCH}
    assert "s: pictures torch fp32, texts torch fp32" in log.text


def test_a_takeover_is_logged_with_variants(tiny_clip: Path, install: Install, log: Log) -> None:
    load(tiny_clip)
    install()
    load(tiny_clip)
    assert "takes over from torch: pictures onnx int8 9.4 ms, texts onnx int8-fine" in log.text


def test_two_models_name_only_loaded_towers(
    tiny_clip: Path, tiny_texts: Path, install: Install, log: Log
) -> None:
    install()
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    assert encoder.computations == {}
    encoder.encode_texts(["a cat"])
    assert encoder.computations == {"texts": BY_TORCH}
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": PICTURES, "texts": BY_TORCH}
    assert f"model {tiny_texts} loaded in " in log.text
    assert "s: texts torch fp32" in log.text
    assert "s: pictures onnx int8 9.4 ms" in log.text


def test_the_takeover_of_one_tower_is_logged(
    tiny_clip: Path, tiny_texts: Path, install: Install, log: Log
) -> None:
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    encoder.encode_images([PICTURE])
    install()
    encoder.encode_images([PICTURE])
    assert "takes over from torch: pictures onnx int8 9.4 ms" in log.text


def test_a_text_model_names_its_variant(
    tiny_clip: Path, tiny_texts: Path, installed_texts: ExportFolder[TextCard]
) -> None:
    card = installed_texts.card()
    assert card is not None
    encoder = load(f"{tiny_texts}+{tiny_clip}")
    encoder.encode_texts(["a cat"])
    speed = card.gate["texts"][card.text][MILLISECONDS]
    expected = Computation("onnx", card.text, speed, measured_on())
    assert encoder.computations == {"texts": expected}


@pytest.mark.usefixtures("started_exports")
def test_torch_is_named_while_files_are_lost(
    tiny_clip: Path, clip_folder: ExportFolder[Card], install: Install
) -> None:
    install()
    encoder = load(tiny_clip)
    shutil.rmtree(clip_folder.path)
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": BY_TORCH, "texts": TEXTS}
    install()
    encoder.encode_images([PICTURE])
    assert encoder.computations == {"pictures": PICTURES, "texts": TEXTS}
