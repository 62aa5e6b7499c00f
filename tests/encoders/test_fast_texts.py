"""ONNX Runtime in torch's place for the texts of two models in one."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from gallery.encoders import backend, loader
from gallery.encoders.base import Encoder
from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.model_folder import ModelFolder
from gallery.encoders.onnx import fidelity, files, gate, start
from gallery.encoders.onnx.export import export_texts
from gallery.encoders.onnx.one_tower import OneTower
from gallery.encoders.onnx.texts import OnnxTexts
from gallery.encoders.text_tower import TextTower
from tests.encoders.tiny_texts import make_tiny_texts

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")

LENGTHS = ["a", "", "Two Red Cars", "一只红色的猫", "word " * 500, "x" * 9000, "\ud800", "cat"]


def place_of(texts: Path) -> files.Place[files.TextCard]:
    return files.texts_alone(fingerprint_of(ModelFolder(str(texts), texts)))


@pytest.fixture
def place(tiny_texts: Path, exported_texts: Path, models_dir: Path) -> Path:
    """Where the site looks for the fast path of the texts, with its files there."""
    folder = place_of(tiny_texts).folder
    shutil.copytree(exported_texts, folder)
    return folder


def both(texts: Path, pictures: Path) -> Any:
    return loader.load(f"{texts}+{pictures}")


def kind_of(texts: Path, pictures: Path) -> type:
    encoder = both(texts, pictures)
    encoder.encode_texts(["a cat"])
    return type(encoder.texts())


def exported(texts: Path, folder: Path) -> OnnxTexts:
    return OnnxTexts(folder, export_texts(ModelFolder("texts", texts), folder))


def assert_same(texts: Path, fast: OnnxTexts) -> None:
    reference, captions = TextTower(ModelFolder("texts", texts)), gate.samples().texts
    slow = reference.encode_texts(captions)
    assert fidelity.among_themselves(fast.encode_texts(captions), slow).passes
    slow = np.concatenate([reference.encode_texts([text]) for text in LENGTHS])
    assert np.einsum("ij,ij->i", fast.encode_texts(LENGTHS), slow).min() > 0.99


def assert_alike(fast: OnnxTexts) -> None:
    """In company, and therefore padded, each has the vector it has alone."""
    alone = np.concatenate([fast.encode_texts([text]) for text in LENGTHS])
    assert np.abs(fast.encode_texts(LENGTHS) - alone).max() < 1e-3
    assert fast.encode_texts([]).shape == (0, 512)


@pytest.mark.parametrize("pooling", ["mean", "cls", "max", "lasttoken", "weightedmean"])
def test_vectors_are_the_references_however_they_are_pooled(tmp_path: Path, pooling: str) -> None:
    texts = make_tiny_texts(tmp_path / "texts", pooling=pooling)
    fast = exported(texts, tmp_path / "onnx")
    assert_same(texts, fast)
    assert_alike(fast)


def test_a_model_of_another_architecture_is_translated_too(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "bert", bert=True)
    fast = exported(texts, tmp_path / "onnx")
    assert_same(texts, fast)
    assert_alike(fast)


def test_the_texts_of_a_clip_are_translated_alone(tiny_clip: Path, tmp_path: Path) -> None:
    fast = exported(tiny_clip, tmp_path / "onnx")
    assert_same(tiny_clip, fast)
    assert not (tmp_path / "onnx" / files.VISUAL).exists()


def test_a_large_vocabulary_takes_little_room(tmp_path: Path) -> None:
    texts = make_tiny_texts(tmp_path / "texts", words=20_000)
    reference = TextTower(ModelFolder("texts", texts))
    tower = OneTower(reference, "texts", tmp_path)
    coarse = tower.variants.make("int8-mlp")
    room = [(tmp_path / name / files.TEXT).stat().st_size for name in (files.FULL, "int8-mlp")]
    assert room[1] < 0.4 * room[0]
    captions = gate.samples().texts
    slow, fast = reference.encode_texts(captions), coarse.encode_texts(captions)
    assert np.einsum("ij,ij->i", slow, fast).min() > 0.99


@pytest.mark.usefixtures("place")
def test_a_process_that_finds_the_files_needs_no_torch(
    tiny_texts: Path, tiny_clip: Path, models_dir: Path
) -> None:
    program = f"""
import sys
from pathlib import Path
from django.conf import settings
settings.GALLERY["models_dir"] = Path({str(models_dir)!r})
from gallery.encoders import loader
encoder = loader.load({f"{tiny_texts}+{tiny_clip}"!r})
print(encoder.encode_texts(["a red car"]).shape, encoder.logit_scale > 1, "torch" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == "(1, 512) True False"


@pytest.mark.usefixtures("place")
def test_a_site_can_ask_for_torch(tiny_texts: Path, tiny_clip: Path, gallery_setting: Any) -> None:
    gallery_setting(encoder_backend="torch")
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.usefixtures("place")
def test_torch_keeps_the_work_where_it_has_a_gpu(
    tiny_texts: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert kind_of(tiny_texts, tiny_clip) is OnnxTexts
    loader._loaded.clear()
    monkeypatch.setattr(backend, "_SIGNS_OF_A_GPU", (tmp_path,))
    monkeypatch.setattr(TextTower, "on_gpu", True)
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("damaged", [files.TEXT, files.TOKENIZER, files.CARD])
def test_files_that_were_cut_off_are_not_used(
    tiny_texts: Path, tiny_clip: Path, place: Path, damaged: str
) -> None:
    whole = (place / damaged).read_bytes()
    (place / damaged).write_bytes(whole[: len(whole) // 2])
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("damaged", [files.TEXT, files.TOKENIZER])
def test_files_that_cannot_be_read_are_not_used(
    tiny_texts: Path, tiny_clip: Path, place: Path, damaged: str
) -> None:
    (place / damaged).write_bytes(b"\xff" * (place / damaged).stat().st_size)
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("of", ["another machine", "other weights"])
def test_files_of_another_machine_or_model_are_not_used(
    tiny_texts: Path, tiny_clip: Path, place: Path, of: str
) -> None:
    own = {"another machine": files.made_on(), "other weights": place_of(tiny_texts).fingerprint}
    card = (place / files.CARD).read_text()
    (place / files.CARD).write_text(card.replace(own[of], "another"))
    assert kind_of(tiny_texts, tiny_clip) is TextTower


def test_files_of_both_towers_are_not_those_of_the_texts_alone(
    tiny_clip: Path, exported_tiny: Path
) -> None:
    alone = place_of(tiny_clip)
    shutil.copytree(exported_tiny, alone.folder)
    assert alone.card() is None
    assert files.whole(fingerprint_of(ModelFolder("x", tiny_clip))).folder != alone.folder


def test_the_reference_answers_until_the_files_come(
    tiny_texts: Path, tiny_clip: Path, exported_texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(start, "begin", lambda model, place: asked.append((model.name, place.what)))
    assert kind_of(tiny_texts, tiny_clip) is TextTower
    assert asked == [(str(tiny_texts), "texts")]
    slow = both(tiny_texts, tiny_clip).texts().encode_texts(["a cat"])
    shutil.copytree(exported_texts, place_of(tiny_texts).folder)
    assert kind_of(tiny_texts, tiny_clip) is OnnxTexts
    fast: Encoder = both(tiny_texts, tiny_clip)
    assert float(fast.encode_texts(["a cat"])[0] @ slow[0]) > 0.995


@pytest.fixture
def long_lived(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(start, "_tried", set())
    start.allow()
    yield
    start._allowed.clear()


def wait_for(happened: Any) -> None:
    until = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.usefixtures("long_lived")
def test_a_long_lived_process_has_the_files_made(tiny_texts: Path, tiny_clip: Path) -> None:
    assert kind_of(tiny_texts, tiny_clip) is TextTower
    wait_for(lambda: kind_of(tiny_texts, tiny_clip) is OnnxTexts)


def with_words_before(texts: Path) -> None:
    said = texts / "config_sentence_transformers.json"
    given = {"prompts": {"query": "query: "}, "default_prompt_name": "query"}
    said.write_text(json.dumps({**json.loads(said.read_text()), **given}))


def cut_from_the_left(texts: Path) -> None:
    said = texts / "tokenizer_config.json"
    said.write_text(json.dumps({**json.loads(said.read_text()), "truncation_side": "left"}))


REFUSED = {with_words_before: "words of its own", cut_from_the_left: "cannot be reproduced"}


@pytest.mark.parametrize("change", REFUSED)
def test_a_model_whose_texts_would_become_other_tokens_is_not_translated(
    tiny_texts: Path, tmp_path: Path, change: Any
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    change(texts)
    with pytest.raises(ValueError, match=REFUSED[change]):
        exported(texts, tmp_path / "onnx")
    assert not (tmp_path / "onnx").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("long_lived")
def test_torch_goes_on_where_the_export_fails_and_one_line_says_why(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    with_words_before(texts)
    with caplog.at_level(logging.WARNING):
        assert kind_of(texts, tiny_clip) is TextTower
        wait_for(lambda: caplog.records)
    (line,) = caplog.messages
    assert "words of its own" in line
    assert kind_of(texts, tiny_clip) is TextTower
    assert place_of(texts).card() is None


def test_a_model_without_a_faithful_variant_stays_with_the_reference(
    tiny_texts: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fidelity, "LEAST_COSINE", 1.01)
    place = place_of(tiny_texts)
    card = export_texts(ModelFolder("texts", tiny_texts), place.folder)
    assert (card.usable, card.sizes) == (False, {})
    assert place.card() == card
    assert kind_of(tiny_texts, tiny_clip) is TextTower
