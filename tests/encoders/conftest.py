from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders import loader
from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.names import BUILTIN
from gallery.encoders.onnx import files
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.export_folder import model_export_folder, read_card
from gallery.encoders.onnx.kernel import saturates
from gallery.encoders.onnx_export.export import export, export_texts
from gallery.encoders.onnx_export.int8.pair_sum_probe import write_probe
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_tiny_clip
from tests.encoders.tiny_texts import make_tiny_texts

UseHub = Callable[[str], None]


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_clip(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def narrow_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_clip(tmp_path_factory.mktemp("models") / "narrow", width=256)


@pytest.fixture(scope="session")
def tiny_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_texts(tmp_path_factory.mktemp("models") / "texts")


@pytest.fixture(scope="session")
def builtin() -> Encoder:
    return load(BUILTIN)


@pytest.fixture(scope="session")
def exported_tiny(tiny_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ONNX files of the tiny CLIP model, for tests to copy."""
    folder = tmp_path_factory.mktemp("onnx") / "tiny"
    export(ModelFolder(str(tiny_clip), tiny_clip), folder)
    return folder


@pytest.fixture(scope="session")
def exported_texts(tiny_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ONNX files of the tiny model for texts."""
    folder = tmp_path_factory.mktemp("onnx") / "texts"
    export_texts(ModelFolder(str(tiny_texts), tiny_texts), folder)
    return folder


@pytest.fixture(scope="session")
def fast_tiny(tiny_clip: Path, exported_tiny: Path) -> OnnxEncoder:
    fingerprint = fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip))
    card = read_card(exported_tiny, model_export_folder(fingerprint))
    assert card is not None
    return OnnxEncoder(fingerprint, exported_tiny, card)


@pytest.fixture(scope="session")
def machine_saturates(tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether this machine's kernels add pairs of 8-bit products in 16 bits."""
    probe = tmp_path_factory.mktemp("probe") / files.PROBE
    write_probe(probe)
    return saturates(probe)


@pytest.fixture
def unloaded() -> Iterator[None]:
    """The process has loaded no encoder yet, and keeps none after the test."""
    loader.forget_all()
    yield
    loader.forget_all()


@pytest.fixture
def hub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache. The library has already read its environment variables."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "home" / "hub"))
    return tmp_path / "home"


@pytest.fixture
def models_dir(tmp_path: Path, gallery_setting: Any) -> Path:
    folder = tmp_path / "models-of-the-site"
    folder.mkdir()
    gallery_setting(models_dir=folder)
    return folder


@pytest.fixture
def use_hub(monkeypatch: pytest.MonkeyPatch) -> UseHub:
    from huggingface_hub import constants

    def use(address: str) -> None:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            address + "/{repo_id}/resolve/{revision}/{filename}",
        )

    return use
