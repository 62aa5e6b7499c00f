"""The ONNX files of the tiny models, in the folders where the site looks for them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export
from gallery.encoders.onnx.card import Card, TextCard
from gallery.encoders.onnx.export_folder import (
    ExportFolder,
    model_export_folder,
    text_export_folder,
)


@pytest.fixture
def clip_folder(tiny_clip: Path, models_dir: Path) -> ExportFolder[Card]:
    """The folder for the files of the tiny CLIP. It does not exist yet."""
    return model_export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))


@pytest.fixture
def texts_folder(tiny_texts: Path, models_dir: Path) -> ExportFolder[TextCard]:
    """The folder for the files of the tiny text model. It does not exist yet."""
    return text_export_folder(fingerprint_of(ModelFolder(str(tiny_texts), tiny_texts)))


@pytest.fixture
def installed_clip(clip_folder: ExportFolder[Card], exported_tiny: Path) -> ExportFolder[Card]:
    """``clip_folder`` with its files."""
    shutil.copytree(exported_tiny, clip_folder.path)
    return clip_folder


@pytest.fixture
def installed_texts(
    texts_folder: ExportFolder[TextCard], exported_texts: Path
) -> ExportFolder[TextCard]:
    """``texts_folder`` with its files."""
    shutil.copytree(exported_texts, texts_folder.path)
    return texts_folder


@pytest.fixture
def started_exports(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Model and scope of each export that would have been started; none runs."""
    exports: list[tuple[str, str]] = []

    def begin(model: ModelFolder, folder: ExportFolder[Any]) -> None:
        exports.append((model.name, folder.scope))

    monkeypatch.setattr(background_export, "begin", begin)
    return exports


def wait_for_exports() -> None:
    for thread in threading.enumerate():
        if thread.name == "onnx-export":
            thread.join(120)


@pytest.fixture
def exports_allowed() -> Iterator[None]:
    """This process may start exports. No export is left running for the next test."""
    background_export.forget()
    background_export.allow()
    yield
    wait_for_exports()
    background_export.forget()


@pytest.fixture
def gpu_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has the device file of an NVIDIA card."""
    exists = Path.exists

    def exists_or_is_gpu(path: Path, **options: Any) -> bool:
        return path == Path("/dev/nvidiactl") or exists(path, **options)

    monkeypatch.setattr(Path, "exists", exists_or_is_gpu)
