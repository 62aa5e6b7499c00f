"""Torch serves until an export in the background is complete, and goes on if it fails."""

from __future__ import annotations

import logging
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export
from gallery.encoders.onnx.card import Card, TextCard
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.export_folder import ExportFolder, text_export_folder
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.reference.encoder import ReferenceEncoder
from gallery.encoders.reference.text_encoder import ReferenceTextEncoder
from tests.encoders.loading import load
from tests.encoders.onnx.conftest import wait_for_exports
from tests.encoders.tiny_texts import put_words_before

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")

Exports = list[tuple[str, str]]


def loaded_type(model: Path) -> type:
    return type(load(model))


def loaded_text_type(texts: Path, pictures: Path) -> type:
    encoder: Any = load(f"{texts}+{pictures}")
    encoder.encode_texts(["a cat"])
    return type(encoder.texts())


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_the_fast_path_takes_over(
    tiny_clip: Path,
    clip_folder: ExportFolder[Card],
    exported_tiny: Path,
    started_exports: Exports,
) -> None:
    assert loaded_type(tiny_clip) is ReferenceEncoder
    assert started_exports == [(str(tiny_clip), "whole")]
    shutil.copytree(exported_tiny, clip_folder.path)
    assert loaded_type(tiny_clip) is OnnxEncoder


def test_the_fast_path_takes_over_texts(
    tiny_texts: Path,
    tiny_clip: Path,
    texts_folder: ExportFolder[TextCard],
    exported_texts: Path,
    started_exports: Exports,
) -> None:
    assert loaded_text_type(tiny_texts, tiny_clip) is ReferenceTextEncoder
    assert started_exports == [(str(tiny_texts), "texts")]
    encoder: Encoder = load(f"{tiny_texts}+{tiny_clip}")
    slow = encoder.encode_texts(["a cat"])[0]
    shutil.copytree(exported_texts, texts_folder.path)
    assert loaded_text_type(tiny_texts, tiny_clip) is OnnxTextEncoder
    assert float(encoder.encode_texts(["a cat"])[0] @ slow) > 0.995


class ExportProgram:
    """Replaces the program that exports: it writes nothing and ends with ``exit_status``."""

    def __init__(self) -> None:
        self.exit_status = 0
        self.runs = 0

    def run(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        self.runs += 1
        return subprocess.CompletedProcess(command, self.exit_status, b"", b"")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ExportProgram:
    program = ExportProgram()
    monkeypatch.setattr("gallery.encoders.onnx.background_export.subprocess.run", program.run)
    return program


def test_a_short_process_exports_nothing(tiny_clip: Path, program: ExportProgram) -> None:
    background_export.forget()
    assert loaded_type(tiny_clip) is ReferenceEncoder
    wait_for_exports()
    assert program.runs == 0


@pytest.mark.usefixtures("exports_allowed")
@pytest.mark.parametrize(("exit_status", "runs"), [(0, 2), (1, 1)])
def test_only_successful_exports_are_repeated(
    tiny_clip: Path,
    clip_folder: ExportFolder[Card],
    program: ExportProgram,
    exit_status: int,
    runs: int,
) -> None:
    """Files that were lost are exported again; an export that failed would fail again."""
    program.exit_status = exit_status
    for _ in range(2):
        background_export.begin(ModelFolder("tiny", tiny_clip), clip_folder)
        wait_for_exports()
    assert program.runs == runs


@pytest.mark.slow
@pytest.mark.usefixtures("exports_allowed")
def test_a_long_process_exports_its_model(tiny_clip: Path) -> None:
    assert loaded_type(tiny_clip) is ReferenceEncoder
    wait_until(lambda: loaded_type(tiny_clip) is OnnxEncoder)


@pytest.mark.slow
@pytest.mark.usefixtures("exports_allowed")
def test_a_long_process_exports_its_texts(tiny_texts: Path, tiny_clip: Path) -> None:
    assert loaded_text_type(tiny_texts, tiny_clip) is ReferenceTextEncoder
    wait_until(lambda: loaded_text_type(tiny_texts, tiny_clip) is OnnxTextEncoder)


@pytest.mark.slow
@pytest.mark.usefixtures("exports_allowed")
def test_a_failed_export_is_logged_once(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    put_words_before(texts)
    with caplog.at_level(logging.WARNING):
        assert loaded_text_type(texts, tiny_clip) is ReferenceTextEncoder
        wait_until(lambda: caplog.records)
    (line,) = caplog.messages
    assert "adds a prompt" in line
    assert loaded_text_type(texts, tiny_clip) is ReferenceTextEncoder
    assert text_export_folder(fingerprint_of(ModelFolder(str(texts), texts))).card() is None
