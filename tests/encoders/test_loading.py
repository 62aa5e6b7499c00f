from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders import loader
from gallery.encoders.base import Encoder
from tests.encoders.tiny_clip import make_hub_cache, make_hub_layout


def test_a_model_is_loaded_once_for_callers_that_come_together(
    tiny_clip: Path, unloaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    load = loader._load

    def count(name: str) -> Encoder:
        loads.append(name)
        return load(name)

    monkeypatch.setattr(loader, "_load", count)
    with ThreadPoolExecutor(8) as pool:
        encoders = set(pool.map(lambda _: id(loader.load(str(tiny_clip))), range(16)))
    assert len(loads) == 1
    assert len(encoders) == 1


def test_two_models_stay_loaded_and_the_one_least_used_makes_room(
    unloaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []

    class Model:
        def __init__(self, name: str) -> None:
            self.fingerprint = name

    def count(name: str) -> object:
        loads.append(name)
        return Model(name)

    monkeypatch.setattr(loader, "_load", count)
    for name in ("active", "filled", "active", "filled", "active", "another", "active", "filled"):
        loader.load(name)
    assert loads == ["active", "filled", "another", "filled"]


def test_many_threads_may_share_an_encoder(tiny_clip: Path) -> None:
    encoder = loader.load(str(tiny_clip))
    texts = [f"text {'x' * (number % 40)}" for number in range(60)]
    alone = [encoder.encode_texts([text])[0] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: encoder.encode_texts([text])[0], texts))
    assert np.allclose(alone, together, atol=1e-6)


def test_another_width_is_refused_in_words(narrow_clip: Path) -> None:
    with pytest.raises(EncoderMismatch) as refusal:
        loader.load(str(narrow_clip))
    for word in (str(narrow_clip), "256", "512", "GALLERY_ENCODER"):
        assert word in refusal.value.message


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=f"{tmp_path}/none .*GALLERY_ENCODER"):
        loader.load(f"{tmp_path}/none")


def test_a_missing_hub_model_is_named_with_the_places_searched(
    hub_home: Path, models_dir: Path
) -> None:
    with pytest.raises(EncoderUnavailable) as refusal:
        loader.load("someone/some-clip")
    for word in ("someone/some-clip", str(hub_home), str(models_dir), "encoder choose"):
        assert word in refusal.value.message


@pytest.mark.parametrize("name", ["", "a b", "../../etc", "x" * 300, "a/b/c", "@"])
def test_a_name_that_cannot_be_is_refused(name: str, hub_home: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        loader.load(name)


@pytest.mark.parametrize(
    "part", ["model.safetensors", "config.json", "tokenizer.json", "processor_config.json"]
)
def test_an_incomplete_model_is_refused(tiny_clip: Path, tmp_path: Path, part: str) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / part).unlink()
    with pytest.raises(EncoderUnavailable, match="not complete"):
        loader.load(str(folder))


@pytest.mark.parametrize("part", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_model_is_refused(tiny_clip: Path, tmp_path: Path, part: str) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / part).write_bytes(b"\x00" * 100)
    with pytest.raises(EncoderUnavailable, match=r"cannot be (loaded|read)"):
        loader.load(str(folder))


def test_weights_in_a_pickle_are_not_read(tiny_clip: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors is missing"):
        loader.load(str(folder))


def test_code_of_a_model_is_not_run(tiny_clip: Path, tmp_path: Path) -> None:
    folder = make_hub_layout(tiny_clip, tmp_path / "model")
    modules = (folder / "modules.json").read_text()
    (folder / "modules.json").write_text(modules.replace("sentence_transformers.models", "evil"))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass CLIPModel: ...")
    with pytest.raises(EncoderUnavailable):
        loader.load(str(folder))
    assert not (tmp_path / "ran").exists()


def test_a_hub_model_is_read_from_the_cache(
    tiny_clip: Path, hub_home: Path, unloaded: None
) -> None:
    make_hub_cache(tiny_clip, hub_home)
    encoder, plain = loader.load("clip-ViT-B-32"), loader.load(str(tiny_clip))
    picture = PIL.Image.radial_gradient("L")
    assert encoder.fingerprint.revision == "c" * 16
    assert np.allclose(encoder.encode_images([picture]), plain.encode_images([picture]), atol=1e-6)


def test_a_model_in_the_models_directory_is_found_by_name(
    tiny_clip: Path, models_dir: Path, unloaded: None
) -> None:
    shutil.copytree(tiny_clip, models_dir / "ours")
    assert loader.load("ours").fingerprint.name == "ours"


def test_the_libraries_say_nothing_on_the_console(tiny_clip: Path) -> None:
    script = "import sys; from gallery.encoders import loader; loader.load(sys.argv[1])"
    told = in_new_process(script, str(tiny_clip))
    assert told.stdout == ""
    assert [line for line in told.stderr.splitlines() if " gallery." not in line] == []


def test_naming_the_encoders_does_not_import_torch() -> None:
    script = (
        "import sys; from gallery.encoders import loader;"
        "from gallery.encoders.model import discovery; from gallery import tasks;"
        "print({'torch', 'transformers', 'huggingface_hub'} & set(sys.modules))"
    )
    assert in_new_process(script).stdout == "set()\n"


def test_the_builtin_model_tells_texts_apart(builtin: Encoder) -> None:
    vectors = builtin.encode_texts(["a red circle", "a blue square", "a cat"])
    assert (vectors @ vectors.T - np.eye(3)).max() < 0.999


def in_new_process(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    prepare = "import django; django.setup(); "
    return subprocess.run(
        [sys.executable, "-c", prepare + script, *arguments],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
