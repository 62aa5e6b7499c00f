"""ONNX files may be deleted or damaged at any time: searches and uploads go on."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.conf import settings

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Encoder
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import Card
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.export_folder import WHOLE, ExportFolder
from gallery.encoders.reference.encoder import ReferenceEncoder
from tests.encoders.loading import load

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")

PICTURE = PIL.Image.radial_gradient("L")


def zero(folder: Path) -> None:
    for name in (files.VISUAL, files.TEXT):
        (folder / name).write_bytes(bytes((folder / name).stat().st_size))


each_damage = pytest.mark.parametrize("damage", [shutil.rmtree, zero])
each_method = pytest.mark.parametrize(
    ("method", "value"), [("encode_images", PICTURE), ("encode_texts", "a red car")]
)


@pytest.fixture
def encoder(
    tiny_clip: Path, installed_clip: ExportFolder[Card], started_exports: list[tuple[str, str]]
) -> Encoder:
    """The ONNX encoder, which has not read the graphs of its towers yet."""
    encoder = load(tiny_clip)
    assert isinstance(encoder, OnnxEncoder)
    return encoder


@each_damage
@each_method
def test_the_reference_replaces_lost_files(
    tiny_clip: Path,
    encoder: Encoder,
    installed_clip: ExportFolder[Card],
    started_exports: list[tuple[str, str]],
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
    method: str,
    value: Any,
) -> None:
    damage(installed_clip.path)
    with caplog.at_level(logging.WARNING):
        vectors = [getattr(encoder, method)([value]) for _ in range(2)]
    reference = ReferenceEncoder(ModelFolder(str(tiny_clip), tiny_clip))
    assert np.allclose(vectors, getattr(reference, method)([value]), atol=1e-5)
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == 1
    assert started_exports == [(str(tiny_clip), "whole")]
    assert installed_clip.card() is None


@each_damage
@each_method
def test_new_files_replace_the_reference(
    encoder: Encoder,
    installed_clip: ExportFolder[Card],
    exported_tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], None],
    method: str,
    value: Any,
) -> None:
    damage(installed_clip.path)
    getattr(encoder, method)([value])
    shutil.rmtree(installed_clip.path, ignore_errors=True)
    shutil.copytree(exported_tiny, installed_clip.path)
    monkeypatch.setattr(ReferenceEncoder, method, None)
    assert getattr(encoder, method)([value]).shape == (1, 512)


def test_a_variant_under_test_has_no_fallback(
    fast_tiny: OnnxEncoder, installed_clip: ExportFolder[Card]
) -> None:
    card = installed_clip.card()
    assert card is not None
    variant = OnnxEncoder(fast_tiny.fingerprint, installed_clip.path, card)
    zero(installed_clip.path)
    with pytest.raises(EncoderUnavailable):
        variant.encode_images([PICTURE])


@pytest.mark.slow
def test_a_killed_export_leaves_no_orphans(
    tiny_clip: Path, clip_folder: ExportFolder[Card]
) -> None:
    orphan = clip_folder.path.with_name(f".{clip_folder.path.name}-killed")
    orphan.mkdir(parents=True)
    (orphan / "visual.onnx").write_bytes(b"half")
    export = start_export(tiny_clip, clip_folder.path)
    while export.poll() is None and not scratch_folders(clip_folder.path) - {orphan}:
        time.sleep(0.01)
    export.send_signal(signal.SIGTERM)
    export.wait(60)
    assert not orphan.exists()
    assert not scratch_folders(clip_folder.path)


def scratch_folders(target: Path) -> set[Path]:
    return set(target.parent.glob(f".{target.name}-*"))


def start_export(model: Path, target: Path) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "gallery.encoders.onnx_export", WHOLE]
    return subprocess.Popen(
        [*program, str(model), str(model), "", str(target)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stderr=subprocess.DEVNULL,
    )
