"""Models known by a short name, on the hub and in its cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders import loader
from gallery.encoders.model import lookup
from gallery.encoders.model.discovery import obtain
from gallery.encoders.model.names import hub_address
from gallery.encoders.model.presets import PRESETS, Preset, preset_of
from tests.encoders.conftest import UseHub
from tests.encoders.hub_server import COMMIT, serve
from tests.encoders.tiny_clip import make_hub_cache, make_hub_layout, make_laion_layout
from tests.encoders.tiny_texts import make_old_layout

pytestmark = pytest.mark.usefixtures("hub_home", "models_dir", "unloaded")

CLIP, MULTILINGUAL, LAION = (
    PRESETS[name]
    for name in ("clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1", "clip-ViT-B-32-laion2B")
)


@pytest.fixture
def hub(tiny_clip: Path, tiny_texts: Path, tmp_path: Path, use_hub: UseHub) -> Iterator[list[str]]:
    """A hub that offers the presets and nothing else, with pickles beside the weights."""
    clip = make_hub_layout(tiny_clip, tmp_path / "clip")
    texts = make_old_layout(tiny_texts, tmp_path / "texts")
    for folder in (clip / "0_CLIPModel", texts, texts / "2_Dense"):
        (folder / "pytorch_model.bin").write_bytes(b"pickle")
    laion = make_laion_layout(tiny_clip, tmp_path / "laion")
    models = {CLIP.repository: clip, MULTILINGUAL.repository: texts, LAION.repository: laion}
    with serve(models) as (address, asked):
        use_hub(address)
        yield asked


def fetched(asked: list[str]) -> set[str]:
    return {path.rpartition("/")[2] for path in asked if "/resolve/" in path}


def test_every_preset_says_what_it_is() -> None:
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.languages
        assert preset.licence
        assert preset.megabytes > 0
        assert not preset.repository or re.fullmatch("[0-9a-f]{40}", preset.revision)
        assert not preset.pictures or not PRESETS[preset.pictures].pictures


def test_a_preset_is_its_pinned_commit_unless_another_is_asked_for() -> None:
    assert hub_address("clip-ViT-B-32") == (CLIP.repository, CLIP.revision)
    assert hub_address(LAION.repository) == (LAION.repository, LAION.revision)
    assert hub_address("clip-ViT-B-32-laion2B@main") == (LAION.repository, "main")
    assert hub_address("clip-ViT-L-14") == ("sentence-transformers/clip-ViT-L-14", None)
    assert preset_of("clip-ViT-B-32@main") is CLIP


@pytest.mark.parametrize("preset", [CLIP, LAION], ids=lambda preset: preset.name)
def test_the_pinned_commit_is_downloaded(hub: list[str], preset: Preset) -> None:
    assert obtain(preset.name).commit == preset.revision
    assert all(preset.revision in path for path in hub)
    encoder = loader.load(preset.name)
    assert encoder.fingerprint.name == preset.repository
    assert encoder.fingerprint.revision == preset.revision[:16]


def test_another_revision_is_downloaded_when_it_is_asked_for(hub: list[str]) -> None:
    assert obtain("clip-ViT-B-32").commit == CLIP.revision
    assert obtain("clip-ViT-B-32@main").commit == COMMIT
    assert obtain("clip-ViT-B-32").commit == CLIP.revision


def test_one_file_of_weights_comes_down_and_no_pickle(hub: list[str]) -> None:
    obtain("clip-ViT-B-32-laion2B")
    assert fetched(hub) == {
        "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip


def test_a_folder_without_modules_is_read_as_the_model_it_is(
    hub: list[str], tiny_clip: Path
) -> None:
    obtain("clip-ViT-B-32-laion2B")
    laion, plain = loader.load("clip-ViT-B-32-laion2B"), loader.load(str(tiny_clip))
    picture = PIL.Image.radial_gradient("L").resize((300, 200))
    assert np.allclose(laion.encode_images([picture]), plain.encode_images([picture]), atol=1e-6)
    assert np.allclose(laion.encode_texts(["cat"]), plain.encode_texts(["cat"]), atol=1e-6)


def test_weights_of_another_library_alone_are_no_model(tiny_clip: Path, tmp_path: Path) -> None:
    laion = make_laion_layout(tiny_clip, tmp_path / "laion")
    (laion / "model.safetensors").unlink()
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors is missing"):
        loader.load(str(laion))


def test_a_text_tower_comes_with_the_model_for_pictures(hub: list[str]) -> None:
    folder = obtain("clip-ViT-B-32-multilingual-v1")
    assert folder.commit == CLIP.revision
    assert folder.texts is not None
    assert folder.texts.commit == MULTILINGUAL.revision
    assert "pytorch_model.bin" not in fetched(hub)
    before = len(hub)
    encoder = loader.load("clip-ViT-B-32-multilingual-v1")
    assert encoder.fingerprint == loader.load("clip-ViT-B-32").fingerprint
    assert encoder.encode_texts(["一只猫"]).shape == (1, 512)
    assert len(hub) == before


def test_a_text_tower_needs_both_models(hub: list[str]) -> None:
    obtain("clip-ViT-B-32")
    with pytest.raises(EncoderUnavailable, match="multilingual-v1 was not found"):
        lookup.find("clip-ViT-B-32-multilingual-v1")
    assert not [path for path in hub if "multilingual" in path]


def test_the_hub_is_said_not_to_have_a_model(hub: list[str]) -> None:
    with pytest.raises(EncoderUnavailable, match="the model hub has no model someone/clip"):
        obtain("someone/clip")


def test_the_hub_is_said_not_to_have_a_revision(hub: list[str]) -> None:
    with pytest.raises(EncoderUnavailable, match=f"does not have {CLIP.repository} as of v9"):
        obtain("clip-ViT-B-32@v9")


def test_another_snapshot_serves_where_the_pinned_one_is_not(
    tiny_clip: Path, hub_home: Path, hub: list[str]
) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert obtain("clip-ViT-B-32").commit == "c" * 40
    assert obtain("sentence-transformers/clip-ViT-B-32").commit == "c" * 40
    assert hub == []


def test_a_snapshot_that_is_not_the_newest_serves_too(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40, main=False)
    assert lookup.find("clip-ViT-B-32").commit == "c" * 40


def test_the_pinned_snapshot_comes_first(tiny_clip: Path, hub_home: Path, tmp_path: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit=CLIP.revision, main=False)
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32").commit == CLIP.revision


def test_a_whole_snapshot_is_preferred_to_half_of_the_pinned_one(
    tiny_clip: Path, hub_home: Path
) -> None:
    make_hub_cache(tiny_clip, hub_home, commit=CLIP.revision, main=False)
    next(hub_home.rglob("model.safetensors")).unlink()
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32").commit == "c" * 40


def test_a_revision_that_is_asked_for_is_never_another(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home, commit="c" * 40)
    assert lookup.find("clip-ViT-B-32@main").commit == "c" * 40
    with pytest.raises(EncoderUnavailable, match="was not found"):
        lookup.find(f"clip-ViT-B-32@{'e' * 40}")
