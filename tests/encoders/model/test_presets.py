"""Models known by a short name, on the hub and in its cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.model.discovery import obtain
from gallery.encoders.model.names import hub_address
from gallery.encoders.model.presets import PRESETS, Preset, preset_of
from tests.encoders.conftest import UseHub
from tests.encoders.hub_server import COMMIT, serve
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_hub_cache, make_hub_layout, make_laion_layout
from tests.encoders.tiny_texts import make_old_layout

pytestmark = pytest.mark.usefixtures("hub_home", "models_dir", "unloaded")

CLIP, MULTILINGUAL, LAION = (
    PRESETS[name]
    for name in ("clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1", "clip-ViT-B-32-laion2B")
)


@pytest.fixture
def hub(tiny_clip: Path, tiny_texts: Path, tmp_path: Path, use_hub: UseHub) -> Iterator[list[str]]:
    """A hub with only the presets, which also have pickled weights."""
    clip = make_hub_layout(tiny_clip, tmp_path / "clip")
    texts = make_old_layout(tiny_texts, tmp_path / "texts")
    for folder in (clip / "0_CLIPModel", texts, texts / "2_Dense"):
        (folder / "pytorch_model.bin").write_bytes(b"pickle")
    laion = make_laion_layout(tiny_clip, tmp_path / "laion")
    models = {CLIP.repository: clip, MULTILINGUAL.repository: texts, LAION.repository: laion}
    with serve(models) as (address, requested):
        use_hub(address)
        yield requested


def downloaded(requested: list[str]) -> set[str]:
    return {path.rpartition("/")[2] for path in requested if "/resolve/" in path}


def test_every_preset_is_described() -> None:
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.languages
        assert preset.licence
        assert preset.megabytes > 0
        assert not preset.repository or re.fullmatch("[0-9a-f]{40}", preset.revision)
        assert not preset.pictures or not PRESETS[preset.pictures].pictures


def test_preset_has_a_pinned_commit() -> None:
    assert hub_address("clip-ViT-B-32") == (CLIP.repository, CLIP.revision)
    assert hub_address(LAION.repository) == (LAION.repository, LAION.revision)
    assert hub_address("clip-ViT-B-32-laion2B@main") == (LAION.repository, "main")
    assert hub_address("clip-ViT-L-14") == ("sentence-transformers/clip-ViT-L-14", None)
    assert preset_of("clip-ViT-B-32@main") is CLIP


@pytest.mark.parametrize("preset", [CLIP, LAION], ids=lambda preset: preset.name)
def test_pinned_commit_is_downloaded(hub: list[str], preset: Preset) -> None:
    assert obtain(preset.name).pictures.commit == preset.revision
    assert all(preset.revision in path for path in hub)
    encoder = load(preset.name)
    assert encoder.fingerprint.name == preset.repository
    assert encoder.fingerprint.revision == preset.revision[:16]


def test_other_revision_can_be_downloaded(hub: list[str]) -> None:
    assert obtain("clip-ViT-B-32").pictures.commit == CLIP.revision
    assert obtain("clip-ViT-B-32@main").pictures.commit == COMMIT
    assert obtain("clip-ViT-B-32").pictures.commit == CLIP.revision


def test_only_safetensors_weights_are_downloaded(hub: list[str]) -> None:
    obtain("clip-ViT-B-32-laion2B")
    assert downloaded(hub) == {
        "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip


def test_folder_without_modules_file_is_read(hub: list[str], tiny_clip: Path) -> None:
    obtain("clip-ViT-B-32-laion2B")
    laion, plain = load("clip-ViT-B-32-laion2B"), load(tiny_clip)
    picture = PIL.Image.radial_gradient("L").resize((300, 200))
    assert np.allclose(laion.encode_images([picture]), plain.encode_images([picture]), atol=1e-6)
    assert np.allclose(laion.encode_texts(["cat"]), plain.encode_texts(["cat"]), atol=1e-6)


def test_weights_of_open_clip_alone_are_refused(tiny_clip: Path, tmp_path: Path) -> None:
    laion = make_laion_layout(tiny_clip, tmp_path / "laion")
    (laion / "model.safetensors").unlink()
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors is missing"):
        load(laion)


def test_text_model_is_downloaded_with_picture_model(hub: list[str]) -> None:
    model = obtain("clip-ViT-B-32-multilingual-v1")
    assert model.pictures.commit == CLIP.revision
    assert model.texts is not None
    assert model.texts.commit == MULTILINGUAL.revision
    assert "pytorch_model.bin" not in downloaded(hub)
    before = len(hub)
    encoder = load("clip-ViT-B-32-multilingual-v1")
    assert encoder.fingerprint == load("clip-ViT-B-32").fingerprint
    assert encoder.encode_texts(["一只猫"]).shape == (1, 512)
    assert len(hub) == before


def test_text_preset_needs_both_models(hub: list[str]) -> None:
    obtain("clip-ViT-B-32")
    with pytest.raises(EncoderUnavailable, match="multilingual-v1 was not found"):
        lookup.find("clip-ViT-B-32-multilingual-v1")
    assert not [path for path in hub if "multilingual" in path]


def test_unknown_hub_model_is_named(hub: list[str]) -> None:
    with pytest.raises(EncoderUnavailable, match="the model hub has no model someone/clip"):
        obtain("someone/clip")


def test_unknown_hub_revision_is_named(hub: list[str]) -> None:
    with pytest.raises(EncoderUnavailable, match=f"does not have {CLIP.repository} as of v9"):
        obtain("clip-ViT-B-32@v9")


def test_other_snapshot_is_used_without_pinned_one(
    tiny_clip: Path, hub_home: Path, hub: list[str]
) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert obtain("clip-ViT-B-32").pictures.commit == "c" * 40
    assert obtain("sentence-transformers/clip-ViT-B-32").pictures.commit == "c" * 40
    assert hub == []


def test_older_snapshot_is_used(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40, main=False)
    assert lookup.find("clip-ViT-B-32").pictures.commit == "c" * 40


def test_pinned_snapshot_comes_first(tiny_clip: Path, hub_home: Path, tmp_path: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit=CLIP.revision, main=False)
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32").pictures.commit == CLIP.revision


def test_complete_snapshot_is_preferred_to_incomplete_pinned(
    tiny_clip: Path, hub_home: Path
) -> None:
    make_hub_cache(tiny_clip, hub_home, commit=CLIP.revision, main=False)
    next(hub_home.rglob("model.safetensors")).unlink()
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32").pictures.commit == "c" * 40


def test_named_revision_is_never_replaced(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32@main").pictures.commit == "c" * 40
    with pytest.raises(EncoderUnavailable, match="was not found"):
        lookup.find(f"clip-ViT-B-32@{'e' * 40}")
