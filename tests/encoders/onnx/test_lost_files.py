"""The fast path's files may be deleted or damaged at any time: searches and uploads go on."""

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
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export, files
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.reference import SentenceTransformerEncoder
from tests.encoders.loading import load

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")

PICTURE = PIL.Image.radial_gradient("L")


@pytest.fixture
def export_folder(
    tiny_clip: Path, exported_tiny: Path, models_dir: Path
) -> files.ExportFolder[files.Card]:
    found = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    shutil.copytree(exported_tiny, found.path)
    return found


def zeroed(folder: Path) -> None:
    for name in (files.VISUAL, files.TEXT):
        (folder / name).write_bytes(bytes((folder / name).stat().st_size))


@pytest.mark.parametrize("damage", [shutil.rmtree, zeroed])
@pytest.mark.parametrize(
    ("method", "asked"), [("encode_images", PICTURE), ("encode_texts", "a red car")]
)
def test_the_reference_serves_until_the_files_are_there_again(
    tiny_clip: Path,
    export_folder: files.ExportFolder[files.Card],
    exported_tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
    method: str,
    asked: Any,
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(background_export, "begin", lambda model, folder: begun.append(model.name))
    encoder = load(tiny_clip)
    assert isinstance(encoder, OnnxEncoder)
    damage(export_folder.path)
    with caplog.at_level(logging.WARNING):
        vectors = [getattr(encoder, method)([asked]) for _ in range(2)]
    reference = SentenceTransformerEncoder(ModelFolder(str(tiny_clip), tiny_clip))
    assert np.allclose(vectors, getattr(reference, method)([asked]), atol=1e-5)
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == 1
    assert begun == [str(tiny_clip)]
    assert export_folder.card() is None
    shutil.rmtree(export_folder.path, ignore_errors=True)
    shutil.copytree(exported_tiny, export_folder.path)
    monkeypatch.setattr(SentenceTransformerEncoder, method, None)
    assert getattr(encoder, method)([asked]).shape == (1, 512)


def test_a_variant_under_test_has_nobody_in_its_place(
    fast_tiny: OnnxEncoder, export_folder: files.ExportFolder[files.Card]
) -> None:
    card = export_folder.card()
    assert card is not None
    alone = OnnxEncoder(fast_tiny.fingerprint, export_folder.path, card)
    zeroed(export_folder.path)
    with pytest.raises(EncoderUnavailable):
        alone.encode_images([PICTURE])


def test_an_export_that_was_killed_leaves_nothing_for_long(
    tiny_clip: Path, models_dir: Path
) -> None:
    export_folder = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    left = export_folder.path.parent / f".{export_folder.path.name}-killed"
    left.mkdir(parents=True)
    (left / "visual.onnx").write_bytes(b"half")
    export = _start_export(tiny_clip, export_folder.path)
    while export.poll() is None and not _scratch(export_folder.path, but=left):
        time.sleep(0.01)
    export.send_signal(signal.SIGTERM)
    export.wait(60)
    assert not left.exists()
    assert not _scratch(export_folder.path)


def _scratch(folder: Path, but: Path | None = None) -> list[Path]:
    return [found for found in folder.parent.glob(f".{folder.name}-*") if found != but]


def _start_export(model: Path, folder: Path) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "gallery.encoders.onnx_export", files.WHOLE]
    return subprocess.Popen(
        [*program, str(model), str(model), "", str(folder)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stderr=subprocess.DEVNULL,
    )
