from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders.model import digest, lookup
from gallery.encoders.model.fingerprint import PROCESSOR_BACKEND, fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_tiny_clip


@pytest.fixture
def copy(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


def fingerprint(folder: Path, commit: str = "") -> str:
    return str(fingerprint_of(ModelFolder(str(folder), folder, commit)))


def test_copied_folder_has_the_same_fingerprint(tiny_clip: Path, copy: Path) -> None:
    assert fingerprint(copy) == fingerprint(tiny_clip)


def test_other_weights_change_the_fingerprint(tiny_clip: Path, tmp_path: Path) -> None:
    other = make_tiny_clip(tmp_path / "tiny", seed=1)
    assert fingerprint(other) != fingerprint(tiny_clip)


@pytest.mark.parametrize("name", ["tokenizer.json", "processor_config.json", "config.json"])
def test_other_settings_change_the_fingerprint(copy: Path, name: str) -> None:
    before = fingerprint(copy)
    (copy / name).write_text((copy / name).read_text() + " ")
    assert fingerprint(copy) != before


def test_other_files_do_not_change_the_fingerprint(copy: Path) -> None:
    before = fingerprint(copy)
    (copy / "README.md").write_text("A note.")
    (copy / ".cache").mkdir()
    (copy / ".cache" / "download.json").write_text("{}")
    assert fingerprint(copy) == before


def test_calibration_does_not_change_the_fingerprint(copy: Path) -> None:
    before = fingerprint(copy)
    for text in ("{}", '{"nothing_close_below": {}}'):
        (copy / "calibration.json").write_text(text)
        assert fingerprint(copy) == before


def test_hub_model_is_identified_by_its_commit(tiny_clip: Path) -> None:
    first, second = (fingerprint(tiny_clip, commit=letter * 40) for letter in "ab")
    assert "aaaaaaaaaaaaaaaa" in first
    assert first != second


def test_spelling_of_a_hub_name_does_not_matter(tiny_clip: Path) -> None:
    names = ["clip-ViT-B-32", "sentence-transformers/clip-ViT-B-32", "clip-ViT-B-32@main"]
    fingerprints = {str(fingerprint_of(ModelFolder(name, tiny_clip, "a" * 40))) for name in names}
    assert len(fingerprints) == 1


def test_fingerprint_contains_the_preprocessing(copy: Path) -> None:
    assert fingerprint_of(ModelFolder("tiny", copy)).preprocessing == (
        "224px bicubic crop 224x224 mean .481/.458/.408 std .269/.261/.276 pil"
    )


def test_preprocessing_is_read_from_the_older_file(copy: Path) -> None:
    settings = json.loads((copy / "processor_config.json").read_text())["image_processor"]
    (copy / "processor_config.json").unlink()
    (copy / "preprocessor_config.json").write_text(json.dumps({**settings, "crop_size": 192}))
    assert "crop 192" in fingerprint_of(ModelFolder("tiny", copy)).preprocessing


def test_processor_in_fingerprint_is_the_used_one(tiny_clip: Path) -> None:
    encoder: Any = load(tiny_clip)
    processor = type(encoder.model[0].processor.image_processor).__name__
    assert processor.lower().endswith(PROCESSOR_BACKEND)


def test_long_name_fits_the_column(tiny_clip: Path) -> None:
    folder = ModelFolder("x" * 5000, tiny_clip, "a" * 40)
    assert len(str(fingerprint_of(folder))) <= 200


def test_builtin_model_has_a_fingerprint() -> None:
    assert str(lookup.find("builtin").fingerprint).startswith("builtin ")


def test_files_are_hashed_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(copy)
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert fingerprint(copy) == before


def test_replaced_file_of_same_size_is_noticed(copy: Path) -> None:
    before, file = fingerprint(copy), copy / "config.json"
    times = file.stat()
    file.write_bytes(file.read_bytes().replace(b"0", b"1"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert fingerprint(copy) != before


def test_state_changes_with_every_file(copy: Path) -> None:
    states = [digest.state_of(copy)]
    (copy / "new.json").write_text("{}")
    states.append(digest.state_of(copy))
    (copy / "new.json").write_text("[1]")
    states.append(digest.state_of(copy))
    (copy / "new.json").unlink()
    assert len(set(states)) == 3
    assert digest.state_of(copy) == states[0]
