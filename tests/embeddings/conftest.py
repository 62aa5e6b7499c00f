from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from gallery.changeover.choose import choose
from gallery.embeddings import model_facts, spaces
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader, query_cache
from gallery.media.storage import preview_path
from gallery.models import EmbeddingSpace, Image, State
from tests.builders import make_image
from tests.embeddings.stub_encoder import StubEncoder
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_tiny_clip

MakeDerived = Callable[..., Image]
MakeSearchable = Callable[..., list[Image]]
COLOURS = ("red", "green", "blue", "black", "white", "yellow", "purple")


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
    """A copy of the models in the models directory, which a test may change."""
    folder = tmp_path / "models"
    shutil.copytree(models, folder)
    gallery_setting(models_dir=folder, embed_batch=4)
    query_cache.forget()
    model_facts.forget()
    loader.forget_all()
    return folder


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose("one")


@pytest.fixture
def make_derived() -> MakeDerived:
    """``make_derived(colour)``: an image that waits to be embedded, with its preview."""

    def make(colour: str = "red", **fields: Any) -> Image:
        key = uuid.uuid4()
        path = preview_path(key, "small")
        path.parent.mkdir(parents=True)
        PIL.Image.new("RGB", (360, 240), colour).save(path, "WEBP")
        # The row comes last: a worker that runs beside the test may take it at once.
        image = make_image(**{"id": key, "state": State.DERIVED, **fields})
        return image

    return make


def upgrade(model: Path) -> None:
    """Change a file that is part of the fingerprint, so that it is another model."""
    settings = json.loads((model / "tokenizer_config.json").read_text())
    (model / "tokenizer_config.json").write_text(json.dumps({**settings, "changed": True}))


@pytest.fixture
def make_searchable(space: EmbeddingSpace, make_derived: MakeDerived) -> Callable[..., list[Image]]:
    """``make_searchable(count)``: images with a vector in the active space."""

    def make(count: int, **fields: Any) -> list[Image]:
        images = [make_derived(COLOURS[number % len(COLOURS)], **fields) for number in range(count)]
        embed_backlog()
        for image in images:
            image.refresh_from_db()
            assert image.state == State.READY
        return images

    return make


def count_encoded(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """The sizes of the batches that this model encodes from now on."""
    encoder, batches = load(name), list[int]()
    encode_images = encoder.encode_images

    def counted(images: list[PIL.Image.Image]) -> Any:
        batches.append(len(images))
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", counted)
    return batches


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``use(encoder)``: every space has this encoder."""

    def use(encoder: StubEncoder) -> StubEncoder:
        monkeypatch.setattr(spaces, "encoder_of", lambda _: encoder)
        return encoder

    return use
