from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from gallery.embeddings import spaces
from gallery.encoders import loader, query_cache
from gallery.media.storage import preview_path
from gallery.models import EmbeddingSpace, Image, State
from tests.builders import make_image
from tests.encoders.tiny_clip import make_tiny_clip

MakeDerived = Callable[..., Image]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models of the right width, ``one`` and ``two``, and ``narrow``."""
    folder = tmp_path_factory.mktemp("models")
    make_tiny_clip(folder / "one")
    make_tiny_clip(folder / "two", seed=2)
    make_tiny_clip(folder / "narrow", width=256)
    return folder


@pytest.fixture(autouse=True)
def site_models(models: Path, tmp_path: Path, gallery_setting: Any) -> Path:
    """The models by their bare names, in a folder that a test may change."""
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    gallery_setting(models_dir=folder, embed_batch=4)
    query_cache.forget()
    loader._loaded.clear()
    return folder


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return spaces.choose("one")


@pytest.fixture
def make_derived() -> MakeDerived:
    """An image that waits to be embedded, with its preview on disk."""

    def make(colour: str = "red", **fields: Any) -> Image:
        image = make_image(**{"state": State.DERIVED, **fields})
        path = preview_path(image.pk, "small")
        path.parent.mkdir(parents=True)
        PIL.Image.new("RGB", (360, 240), colour).save(path, "WEBP")
        return image

    return make


def spoil(model: Path) -> None:
    """Make another model of it, as an upgrade does."""
    settings = json.loads((model / "tokenizer_config.json").read_text())
    (model / "tokenizer_config.json").write_text(json.dumps({**settings, "changed": True}))
