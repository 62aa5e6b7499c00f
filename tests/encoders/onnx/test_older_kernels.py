"""The fast path on processors without VNNI, whose kernels lose large products of bytes.

These tests start programs for which a machine with VNNI looks like one without it
(``tools.older_cpu``). On a machine without VNNI the whole suite runs on such kernels anyway.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import Card
from gallery.encoders.onnx.export_folder import ExportFolder
from tests.encoders.programs import output_of
from tests.older_cpu import environment

each_level = pytest.mark.parametrize("level", ["avx2", "avx512"])


def loaded_type(model: Path, models_dir: Path, level: str = "") -> str:
    """The type of the encoder that a new process loads, on a CPU of this level."""
    variables = environment(level) if level else {}
    variables |= {"GALLERY_ENCODER_BACKEND": "auto"}
    return output_of("print_encoder_type.py", model, models_dir, variables=variables)


def run_tests(level: str, *tests: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=settings.BASE_DIR, env=environment(level), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout


@pytest.mark.usefixtures("installed_clip")
def test_files_serve_where_they_were_made(tiny_clip: Path, models_dir: Path) -> None:
    assert loaded_type(tiny_clip, models_dir) == "OnnxEncoder"


@each_level
@pytest.mark.usefixtures("installed_clip")
def test_files_from_newer_kernels_are_not_used(
    tiny_clip: Path, models_dir: Path, machine_saturates: bool, level: str
) -> None:
    if machine_saturates:
        pytest.skip("the kernels of this processor are the older ones")
    assert loaded_type(tiny_clip, models_dir, level) == "ReferenceEncoder"


def test_files_for_other_kernels_are_not_used(installed_clip: ExportFolder[Card]) -> None:
    card = installed_clip.card()
    assert card is not None
    replace(card, saturates=not card.saturates).write(installed_clip.path)
    assert installed_clip.card() is None


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff"])
def test_a_damaged_probe_is_not_used(installed_clip: ExportFolder[Card], content: bytes) -> None:
    probe = installed_clip.path / files.PROBE
    probe.write_bytes(content * probe.stat().st_size)
    assert installed_clip.card() is None


def test_files_without_their_probe_are_not_used(installed_clip: ExportFolder[Card]) -> None:
    (installed_clip.path / files.PROBE).unlink()
    assert installed_clip.card() is None


@each_level
def test_integer_products_hold_on_older_kernels(level: str) -> None:
    names = ("test_quantise.py", "test_weights.py", "test_simplify.py")
    run_tests(level, *(f"tests/encoders/onnx_export/{name}" for name in names))


@pytest.mark.slow
@each_level
def test_the_built_in_model_passes_on_older_kernels(level: str) -> None:
    test = "test_the_built_in_model_passes_the_gate"
    run_tests(level, f"tests/encoders/onnx_export/test_gate.py::{test}")
