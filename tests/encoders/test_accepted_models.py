"""Models in folders, in the models directory and in the hub cache: loaded, or refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from django.conf import settings

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders.base import Encoder
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_hub_cache, make_hub_layout

PROGRAMS = Path(__file__).parent / "programs"


def test_other_width_is_refused(narrow_clip: Path) -> None:
    with pytest.raises(EncoderMismatch) as refusal:
        load(narrow_clip)
    for word in (str(narrow_clip), "256", "512", "GALLERY_ENCODER"):
        assert word in refusal.value.message


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=f"{tmp_path}/none .*GALLERY_ENCODER"):
        load(f"{tmp_path}/none")


def test_missing_hub_model_names_the_searched_folders(hub_home: Path, models_dir: Path) -> None:
    with pytest.raises(EncoderUnavailable) as refusal:
        load("someone/some-clip")
    for word in ("someone/some-clip", str(hub_home), str(models_dir), "encoder choose"):
        assert word in refusal.value.message


@pytest.mark.parametrize("name", ["", "a b", "../../etc", "x" * 300, "a/b/c", "@"])
def test_invalid_name_is_refused(name: str, hub_home: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        load(name)


@pytest.mark.parametrize(
    "part", ["model.safetensors", "config.json", "tokenizer.json", "processor_config.json"]
)
def test_incomplete_model_is_refused(tiny_clip: Path, tmp_path: Path, part: str) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / part).unlink()
    with pytest.raises(EncoderUnavailable, match="not complete"):
        load(folder)


@pytest.mark.parametrize("part", ["model.safetensors", "config.json", "tokenizer.json"])
def test_damaged_model_is_refused(tiny_clip: Path, tmp_path: Path, part: str) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / part).write_bytes(b"\x00" * 100)
    with pytest.raises(EncoderUnavailable, match=r"cannot be (loaded|read)"):
        load(folder)


def test_pickled_weights_are_not_read(tiny_clip: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors is missing"):
        load(folder)


def test_code_in_a_model_is_not_run(tiny_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(tiny_clip, tmp_path / "model")
    modules = (folder / "modules.json").read_text()
    (folder / "modules.json").write_text(modules.replace("sentence_transformers.models", "evil"))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass CLIPModel: ...")
    with pytest.raises(EncoderUnavailable):
        load(folder)
    assert not (tmp_path / "ran").exists()


def test_hub_model_is_read_from_the_cache(tiny_clip: Path, hub_home: Path, unloaded: None) -> None:
    make_hub_cache(tiny_clip, hub_home)
    encoder, plain = load("clip-ViT-B-32"), load(tiny_clip)
    picture = PIL.Image.radial_gradient("L")
    assert encoder.fingerprint.revision == "c" * 16
    assert np.allclose(encoder.encode_images([picture]), plain.encode_images([picture]), atol=1e-6)


def test_folder_in_models_directory_is_found_by_name(
    tiny_clip: Path, models_dir: Path, unloaded: None
) -> None:
    shutil.copytree(tiny_clip, models_dir / "ours")
    assert load("ours").fingerprint.name == "ours"


def test_libraries_print_nothing(tiny_clip: Path) -> None:
    finished = run_program("load_model.py", str(tiny_clip))
    assert finished.stdout == ""
    assert [line for line in finished.stderr.splitlines() if " gallery." not in line] == []


def test_importing_the_loader_does_not_import_torch() -> None:
    assert run_program("import_loader.py").stdout == "set()\n"


def test_builtin_model_distinguishes_texts(builtin: Encoder) -> None:
    vectors = builtin.encode_texts(["a red circle", "a blue square", "a cat"])
    assert (vectors @ vectors.T - np.eye(3)).max() < 0.999


def run_program(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAMS / name), *arguments],
        env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
