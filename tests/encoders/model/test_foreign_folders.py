"""A folder somebody brings may be anything: it is refused in words, or read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders import loader
from gallery.encoders.model import lookup
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.text_tower import TextTower
from tests.encoders.tiny_clip import make_hub_cache

Damage = Callable[[Path], object]


@pytest.fixture
def model(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "model"))


@pytest.fixture
def texts(tiny_texts: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_texts, tmp_path / "words"))


def pictures_said(**values: object) -> Damage:
    """Other values among the settings of the picture processor."""

    def change(folder: Path) -> None:
        file = folder / "processor_config.json"
        settings: dict[str, Any] = json.loads(file.read_text())
        settings["image_processor"].update(values)
        file.write_text(json.dumps(settings))

    return change


def replaced(name: str, text: str) -> Damage:
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    "damage",
    [
        pictures_said(image_mean=["a", "b", "c"]),
        pictures_said(resample=None),
        pictures_said(size={"shortest_edge": "large"}),
        replaced("processor_config.json", '{"image_processor": "CLIP"}'),
        replaced("processor_config.json", "[" * 100_000),
        replaced("config.json", "[" * 100_000),
        replaced("config.json", '{"model_type": "nothing-anybody-knows"}'),
        replaced("modules.json", '[{"type": 7, "path": 7}]'),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_the_folders_name(
    model: Path, unloaded: None, damage: Damage
) -> None:
    damage(model)
    with pytest.raises(EncoderUnavailable, match=str(model)):
        loader.load(str(model))


def test_what_else_lies_in_a_folder_is_no_hindrance(model: Path, unloaded: None) -> None:
    before = fingerprint_of(lookup.find(str(model)))
    (model / "extra.json").symlink_to(model / "gone.json")
    (model / "notes.txt").mkdir()
    assert loader.load(str(model)).fingerprint == before


@pytest.mark.parametrize("name", ["~nobody-of-this-name/model", "/" + "x" * 5000, "y" * 5000])
def test_a_name_that_can_be_no_path_is_refused(name: str, hub_home: Path) -> None:
    with pytest.raises(EncoderUnavailable) as refusal:
        loader.load(name)
    assert len(refusal.value.message) < 400


def test_half_a_tokenizer_is_an_incomplete_model(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    (model / "vocab.json").write_text("{}")
    with pytest.raises(EncoderUnavailable, match=r"not complete: merges\.txt is missing"):
        loader.load(str(model))


def test_a_download_without_the_merges_is_taken_up_again(tiny_clip: Path, hub_home: Path) -> None:
    make_hub_cache(tiny_clip, hub_home)
    (snapshot,) = hub_home.glob("hub/*/snapshots/*")
    (snapshot / "0_CLIPModel" / "tokenizer.json").unlink(missing_ok=True)
    (snapshot / "tokenizer.json").unlink(missing_ok=True)
    folder = ModelFolder("clip", snapshot).transformer
    (folder / "vocab.json").write_text("{}")
    with pytest.raises(EncoderUnavailable, match=r"merges\.txt"):
        lookup.find("clip-ViT-B-32")


@pytest.mark.parametrize("part", ["1_Pooling/config.json", "2_Dense/model.safetensors"])
def test_a_text_model_with_half_a_layer_is_incomplete(texts: Path, part: str) -> None:
    (texts / part).unlink()
    with pytest.raises(EncoderUnavailable, match=f"not complete: {part} is missing"):
        lookup.find_texts(str(texts))


def test_an_activation_of_the_models_own_is_not_replaced_by_another(texts: Path) -> None:
    file = texts / "2_Dense" / "config.json"
    layer = json.loads(file.read_text())
    file.write_text(json.dumps({**layer, "activation_function": "mymodel.layers.Identity"}))
    with pytest.raises(EncoderUnavailable, match=r"mymodel\.layers\.Identity"):
        TextTower(lookup.find_texts(str(texts)))
