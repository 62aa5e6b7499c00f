"""The fast path on processors without VNNI, whose kernels lose large products of bytes.

A machine with VNNI looks like one without it for the programs that these tests start
(``tools.older_cpu``). A machine without VNNI runs the whole suite on such kernels anyway.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from tests.older_cpu import environment

PROGRAM = Path(__file__).parents[1] / "programs" / "loaded_encoder.py"


@pytest.fixture
def export_folder(
    tiny_clip: Path, exported_tiny: Path, models_dir: Path
) -> files.ExportFolder[files.Card]:
    """The fast path's files, made and measured by this process."""
    export_folder = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    shutil.copytree(exported_tiny, export_folder.path)
    return export_folder


def loaded(model: Path, models_dir: Path, level: str = "") -> str:
    """The encoder that a new process loads, on the CPU of this level."""
    command = [sys.executable, str(PROGRAM), str(model), str(models_dir)]
    variables = environment(level) if level else dict(os.environ)
    variables |= {"PYTHONPATH": str(settings.BASE_DIR), "GALLERY_ENCODER_BACKEND": "auto"}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_files_serve_where_they_were_made(
    tiny_clip: Path, models_dir: Path, export_folder: files.ExportFolder[files.Card]
) -> None:
    assert loaded(tiny_clip, models_dir) == "OnnxEncoder"


@pytest.mark.parametrize("level", ["avx2", "avx512"])
def test_a_moved_volume_is_measured_again(
    tiny_clip: Path,
    models_dir: Path,
    export_folder: files.ExportFolder[files.Card],
    machine_saturates: bool,
    level: str,
) -> None:
    if machine_saturates:
        pytest.skip("this processor's kernels are the older ones")
    assert loaded(tiny_clip, models_dir, level) == "SentenceTransformerEncoder"


def test_files_for_other_kernels_are_not_used(
    export_folder: files.ExportFolder[files.Card],
) -> None:
    card = export_folder.card()
    assert card is not None
    replace(card, saturates=not card.saturates).write(export_folder.path)
    assert export_folder.card() is None


@pytest.mark.parametrize("damage", [b"", b"\0", b"\xff"])
def test_a_damaged_probe_is_not_used(
    export_folder: files.ExportFolder[files.Card], damage: bytes
) -> None:
    probe = export_folder.path / files.PROBE
    probe.write_bytes(damage * probe.stat().st_size)
    assert export_folder.card() is None


def test_files_without_their_probe_are_not_used(
    export_folder: files.ExportFolder[files.Card],
) -> None:
    (export_folder.path / files.PROBE).unlink()
    assert export_folder.card() is None


@pytest.mark.parametrize("level", ["avx2", "avx512"])
def test_integer_products_hold_on_older_kernels(level: str) -> None:
    chosen = [
        "tests/encoders/onnx_export/test_quantise.py",
        "tests/encoders/onnx_export/test_simplify.py",
    ]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen, *options],
        cwd=settings.BASE_DIR, env=environment(level), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("level", ["avx2", "avx512"])
def test_the_built_in_model_passes_on_older_kernels(level: str) -> None:
    test = "tests/encoders/onnx/test_fast_path.py::test_the_built_in_model_passes_the_gate"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", test, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=settings.BASE_DIR, env=environment(level), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
