"""Folders with any content: they are loaded, or refused with a message."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.reference.text_encoder import ReferenceTextEncoder
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_hub_cache

Damage = Callable[[Path], object]


@pytest.fixture
def model(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "model"))


@pytest.fixture
def texts(tiny_texts: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_texts, tmp_path / "words"))


def processor_settings(**values: object) -> Damage:
    """Change settings of the picture processor."""

    def change(folder: Path) -> None:
        file = folder / "processor_config.json"
        settings: dict[str, Any] = json.loads(file.read_text())
        settings["image_processor"].update(values)
        file.write_text(json.dumps(settings))

    return change


def file_content(name: str, text: str) -> Damage:
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    "damage",
    [
        processor_settings(image_mean=["a", "b", "c"]),
        processor_settings(resample=None),
        processor_settings(size={"shortest_edge": "large"}),
        file_content("processor_config.json", '{"image_processor": "CLIP"}'),
        file_content("processor_config.json", "[" * 100_000),
        file_content("config.json", "[" * 100_000),
        file_content("config.json", '{"model_type": "nothing-anybody-knows"}'),
        file_content("modules.json", '[{"type": 7, "path": 7}]'),
    ],
)
def test_invalid_settings_are_refused_with_folder_name(
    model: Path, unloaded: None, damage: Damage
) -> None:
    damage(model)
    with pytest.raises(EncoderUnavailable, match=str(model)):
        load(model)


def test_unrelated_files_do_not_prevent_loading(model: Path, unloaded: None) -> None:
    before = lookup.find(str(model)).fingerprint
    (model / "extra.json").symlink_to(model / "gone.json")
    (model / "notes.txt").mkdir()
    assert load(model).fingerprint == before


@pytest.mark.parametrize("name", ["~nobody-of-this-name/model", "/" + "x" * 5000, "y" * 5000])
def test_name_that_is_no_path_is_refused(name: str, hub_home: Path) -> None:
    with pytest.raises(EncoderUnavailable) as refusal:
        load(name)
    assert len(refusal.value.message) < 400


def test_incomplete_tokenizer_is_refused(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    (model / "vocab.json").write_text("{}")
    with pytest.raises(EncoderUnavailable, match=r"not complete: merges\.txt is missing"):
        load(model)


def test_snapshot_without_merges_is_incomplete(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home)
    (snapshot,) = hub_home.glob("hub/*/snapshots/*")
    (snapshot / "0_CLIPModel" / "tokenizer.json").unlink(missing_ok=True)
    (snapshot / "tokenizer.json").unlink(missing_ok=True)
    folder = ModelFolder("clip", snapshot).transformer
    (folder / "vocab.json").write_text("{}")
    with pytest.raises(EncoderUnavailable, match=r"merges\.txt"):
        lookup.find("clip-ViT-B-32")


@pytest.mark.parametrize("part", ["1_Pooling/config.json", "2_Dense/model.safetensors"])
def test_text_model_with_incomplete_layer_is_refused(texts: Path, part: str) -> None:
    (texts / part).unlink()
    with pytest.raises(EncoderUnavailable, match=f"not complete: {part} is missing"):
        lookup.find_texts(str(texts))


def test_foreign_activation_is_refused(texts: Path) -> None:
    file = texts / "2_Dense" / "config.json"
    layer = json.loads(file.read_text())
    file.write_text(json.dumps({**layer, "activation_function": "mymodel.layers.Identity"}))
    with pytest.raises(EncoderUnavailable, match=r"mymodel\.layers\.Identity"):
        ReferenceTextEncoder(lookup.find_texts(str(texts)))
