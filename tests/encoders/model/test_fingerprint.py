from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders import loader
from gallery.encoders.model import lookup
from gallery.encoders.model.fingerprint import PROCESSOR_BACKEND, fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from tests.encoders.tiny_clip import make_tiny_clip


@pytest.fixture
def copy(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


def fingerprint(folder: Path, commit: str = "") -> str:
    return str(fingerprint_of(ModelFolder(str(folder), folder, commit)))


def test_a_copied_folder_keeps_the_fingerprint(tiny_clip: Path, copy: Path) -> None:
    assert fingerprint(copy) == fingerprint(tiny_clip)


def test_other_weights_change_the_fingerprint(tiny_clip: Path, tmp_path: Path) -> None:
    other = make_tiny_clip(tmp_path / "tiny", seed=1)
    assert fingerprint(other) != fingerprint(tiny_clip)


@pytest.mark.parametrize("name", ["tokenizer.json", "processor_config.json", "config.json"])
def test_another_tokenizer_or_processor_changes_the_fingerprint(copy: Path, name: str) -> None:
    before = fingerprint(copy)
    (copy / name).write_text((copy / name).read_text() + " ")
    assert fingerprint(copy) != before


def test_notes_beside_the_model_do_not_change_the_fingerprint(copy: Path) -> None:
    before = fingerprint(copy)
    (copy / "README.md").write_text("A note.")
    (copy / ".cache").mkdir()
    (copy / ".cache" / "download.json").write_text("{}")
    assert fingerprint(copy) == before


def test_measuring_a_model_does_not_make_it_another(copy: Path) -> None:
    before = fingerprint(copy)
    for text in ("{}", '{"nothing_close_below": {}}'):
        (copy / "calibration.json").write_text(text)
        assert fingerprint(copy) == before


def test_a_hub_model_is_known_by_its_commit(tiny_clip: Path) -> None:
    first, second = (fingerprint(tiny_clip, commit=letter * 40) for letter in "ab")
    assert "aaaaaaaaaaaaaaaa" in first
    assert first != second


def test_the_owner_and_the_revision_of_a_hub_name_do_not_matter(tiny_clip: Path) -> None:
    names = ["clip-ViT-B-32", "sentence-transformers/clip-ViT-B-32", "clip-ViT-B-32@main"]
    found = {str(fingerprint_of(ModelFolder(name, tiny_clip, "a" * 40))) for name in names}
    assert len(found) == 1


def test_the_preprocessing_is_named(copy: Path) -> None:
    assert fingerprint_of(ModelFolder("tiny", copy)).preprocessing == (
        "224px bicubic crop 224x224 mean .481/.458/.408 std .269/.261/.276 pil"
    )


def test_the_preprocessing_is_named_in_the_older_file_too(copy: Path) -> None:
    settings = json.loads((copy / "processor_config.json").read_text())["image_processor"]
    (copy / "processor_config.json").unlink()
    (copy / "preprocessor_config.json").write_text(json.dumps({**settings, "crop_size": 192}))
    assert "crop 192" in fingerprint_of(ModelFolder("tiny", copy)).preprocessing


def test_the_named_processor_is_the_one_that_runs(tiny_clip: Path) -> None:
    encoder: Any = loader.load(str(tiny_clip))
    processor = type(encoder.model[0].processor.image_processor).__name__
    assert processor.lower().endswith(PROCESSOR_BACKEND)


def test_it_fits_the_column_whatever_the_name(tiny_clip: Path) -> None:
    folder = ModelFolder("x" * 5000, tiny_clip, "a" * 40)
    assert len(str(fingerprint_of(folder))) <= 200


def test_the_builtin_model_has_one() -> None:
    assert str(fingerprint_of(lookup.find("builtin"))).startswith("builtin ")
