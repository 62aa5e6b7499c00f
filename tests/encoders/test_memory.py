"""The check whether a second model fits into memory."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from gallery.core.errors import NotEnoughMemory
from gallery.encoders import memory
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.resolved import ResolvedModel

MB = 1 << 20


@pytest.fixture(autouse=True)
def cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a control group without a limit."""
    folder = tmp_path / "cgroup"
    folder.mkdir()
    monkeypatch.setattr(memory, "CGROUP", folder)
    return folder


def limit(cgroup: Path, *, megabytes: int, used: int = 0, cached: int = 0) -> None:
    (cgroup / "memory.max").write_text(f"{megabytes * MB}\n")
    (cgroup / "memory.current").write_text(f"{used * MB}\n")
    (cgroup / "memory.stat").write_text(f"anon 1\ninactive_file {cached * MB}\n")


def model_folder(path: Path, name: str, megabytes: int, dtype: type = np.float32) -> ModelFolder:
    """A folder with weights of this size in the file."""
    (path / name / "2_Dense").mkdir(parents=True)
    half = np.zeros(megabytes * MB // 2 // dtype().itemsize, dtype)
    for file in ("model.safetensors", "2_Dense/model.safetensors"):
        save_file({"weights": half}, path / name / file)
    return ModelFolder(name, path / name)


def test_weights_of_both_models_are_counted(tmp_path: Path) -> None:
    pictures, texts = model_folder(tmp_path, "one", 4), model_folder(tmp_path, "two", 2)
    assert memory.weights_size(ResolvedModel("one", pictures)) == 4 * MB
    assert memory.weights_size(ResolvedModel("two", pictures, texts)) == 6 * MB


def test_half_precision_weights_count_as_float32(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, "half", 4, np.float16)
    assert memory.weights_size(ResolvedModel("half", folder)) == 8 * MB


def test_weights_of_open_clip_are_not_counted(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, "laion", 4)
    shutil.copy(folder.path / "model.safetensors", folder.path / "open_clip_model.safetensors")
    assert memory.weights_size(ResolvedModel("laion", folder)) == 4 * MB


def test_damaged_weights_count_with_their_size(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, "damaged", 4)
    (folder.path / "model.safetensors").write_bytes(b"\0" * MB)
    assert memory.weights_size(ResolvedModel("damaged", folder)) == 3 * MB


def test_large_model_is_refused_with_figures(tmp_path: Path, cgroup: Path) -> None:
    limit(cgroup, megabytes=90, used=30)
    with pytest.raises(NotEnoughMemory, match="The model one needs about") as refusal:
        memory.require(ResolvedModel("one", model_folder(tmp_path, "one", 4)))
    needed, free = refusal.value.data["needed"], refusal.value.data["free"]
    assert needed >= 104
    assert free == 60
    assert f"{needed} MB of memory, and 60 MB are free" in refusal.value.message


def test_small_model_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1000 * MB)
    memory.require(ResolvedModel("one", model_folder(tmp_path, "one", 4)))


def test_cached_files_of_the_container_are_free(cgroup: Path) -> None:
    limit(cgroup, megabytes=100, used=90, cached=20)
    assert memory.free_memory() == 30 * MB


def test_without_control_group_the_machine_counts() -> None:
    assert memory.free_memory() > 100 * MB


@pytest.mark.parametrize("content", ["max\n", ""])
def test_container_without_limit_has_the_machine(cgroup: Path, content: str) -> None:
    limit(cgroup, megabytes=100, used=90)
    assert memory.free_memory() == 10 * MB
    (cgroup / "memory.max").write_text(content)
    assert memory.free_memory() > 100 * MB
