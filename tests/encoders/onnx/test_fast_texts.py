"""ONNX Runtime in torch's place for the texts of two models in one."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gallery.encoders import backend, loader
from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export, files
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.export import export_texts
from gallery.encoders.text_tower import TextTower
from tests.encoders.loading import load
from tests.encoders.tiny_texts import put_words_before

pytestmark = pytest.mark.usefixtures("unloaded", "models_dir")


def export_folder_of(texts: Path) -> files.ExportFolder[files.TextCard]:
    return files.text_export_folder(fingerprint_of(ModelFolder(str(texts), texts)))


@pytest.fixture
def export_path(tiny_texts: Path, exported_texts: Path, models_dir: Path) -> Path:
    """Where the site looks for the fast path of the texts, with its files there."""
    folder = export_folder_of(tiny_texts).path
    shutil.copytree(exported_texts, folder)
    return folder


def both(texts: Path, pictures: Path) -> Any:
    return load(f"{texts}+{pictures}")


def kind_of(texts: Path, pictures: Path) -> type:
    encoder = both(texts, pictures)
    encoder.encode_texts(["a cat"])
    return type(encoder.texts())


@pytest.mark.usefixtures("export_path")
def test_a_process_that_finds_the_files_needs_no_torch(
    tiny_texts: Path, tiny_clip: Path, models_dir: Path
) -> None:
    program = f"""
import sys
from pathlib import Path
from django.conf import settings
settings.GALLERY["models_dir"] = Path({str(models_dir)!r})
from tests.encoders.loading import load
encoder = load({f"{tiny_texts}+{tiny_clip}"!r})
print(encoder.encode_texts(["a red car"]).shape, encoder.logit_scale > 1, "torch" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == "(1, 512) True False"


@pytest.mark.usefixtures("export_path")
def test_a_site_can_ask_for_torch(tiny_texts: Path, tiny_clip: Path, gallery_setting: Any) -> None:
    gallery_setting(encoder_backend="torch")
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.usefixtures("export_path")
def test_torch_keeps_the_work_where_it_has_a_gpu(
    tiny_texts: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert kind_of(tiny_texts, tiny_clip) is OnnxTextEncoder
    loader.forget_all()
    monkeypatch.setattr(backend, "GPU_DEVICES", (tmp_path,))
    monkeypatch.setattr(TextTower, "on_gpu", True)
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("damaged", [files.TEXT, files.TOKENIZER, files.CARD])
def test_files_that_were_cut_off_are_not_used(
    tiny_texts: Path, tiny_clip: Path, export_path: Path, damaged: str
) -> None:
    whole = (export_path / damaged).read_bytes()
    (export_path / damaged).write_bytes(whole[: len(whole) // 2])
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("damaged", [files.TEXT, files.TOKENIZER])
def test_files_that_cannot_be_read_are_not_used(
    tiny_texts: Path, tiny_clip: Path, export_path: Path, damaged: str
) -> None:
    (export_path / damaged).write_bytes(b"\xff" * (export_path / damaged).stat().st_size)
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize("of", ["another machine", "other weights"])
def test_files_of_another_machine_or_model_are_not_used(
    tiny_texts: Path, tiny_clip: Path, export_path: Path, of: str
) -> None:
    own = {
        "another machine": measured_on(),
        "other weights": export_folder_of(tiny_texts).fingerprint,
    }
    card = (export_path / files.CARD).read_text()
    (export_path / files.CARD).write_text(card.replace(own[of], "another"))
    assert kind_of(tiny_texts, tiny_clip) is TextTower


def test_files_of_both_towers_are_not_those_of_the_texts_alone(
    tiny_clip: Path, exported_tiny: Path
) -> None:
    alone = export_folder_of(tiny_clip)
    both_towers = files.export_folder(fingerprint_of(ModelFolder(str(tiny_clip), tiny_clip)))
    assert both_towers.path != alone.path
    shutil.copytree(exported_tiny, alone.path)
    assert alone.card() is None


def test_the_reference_answers_until_the_files_come(
    tiny_texts: Path, tiny_clip: Path, exported_texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        background_export, "begin", lambda model, folder: asked.append((model.name, folder.scope))
    )
    assert kind_of(tiny_texts, tiny_clip) is TextTower
    assert asked == [(str(tiny_texts), "texts")]
    slow = both(tiny_texts, tiny_clip).texts().encode_texts(["a cat"])
    shutil.copytree(exported_texts, export_folder_of(tiny_texts).path)
    assert kind_of(tiny_texts, tiny_clip) is OnnxTextEncoder
    fast: Encoder = both(tiny_texts, tiny_clip)
    assert float(fast.encode_texts(["a cat"])[0] @ slow[0]) > 0.995


@pytest.fixture
def long_lived(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(background_export, "_tried", set())
    background_export.allow()
    yield
    background_export._allowed.clear()


def wait_for(happened: Any) -> None:
    until = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.usefixtures("long_lived")
def test_a_long_lived_process_has_the_files_made(tiny_texts: Path, tiny_clip: Path) -> None:
    assert kind_of(tiny_texts, tiny_clip) is TextTower
    wait_for(lambda: kind_of(tiny_texts, tiny_clip) is OnnxTextEncoder)


@pytest.mark.slow
@pytest.mark.usefixtures("long_lived")
def test_torch_goes_on_where_the_export_fails_and_one_line_says_why(
    tiny_texts: Path, tiny_clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = Path(shutil.copytree(tiny_texts, tmp_path / "texts"))
    put_words_before(texts)
    with caplog.at_level(logging.WARNING):
        assert kind_of(texts, tiny_clip) is TextTower
        wait_for(lambda: caplog.records)
    (line,) = caplog.messages
    assert "words of its own" in line
    assert kind_of(texts, tiny_clip) is TextTower
    assert export_folder_of(texts).card() is None


def test_a_model_without_a_faithful_variant_stays_with_the_reference(
    tiny_texts: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fidelity, "LEAST_COSINE", 1.01)
    export_folder = export_folder_of(tiny_texts)
    card = export_texts(ModelFolder("texts", tiny_texts), export_folder.path)
    assert (card.usable, list(card.sizes)) == (False, [files.PROBE])
    assert export_folder.card() == card
    assert kind_of(tiny_texts, tiny_clip) is TextTower


@pytest.mark.parametrize(("seconds", "threads"), [(0.01, 2), (0.019, 1), (0.03, 1)])
def test_a_second_thread_must_pay(
    exported_texts: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, threads: int
) -> None:
    class Texts:
        def __init__(self, folder: Path, card: files.TextCard) -> None:
            self.seconds = {1: 0.02, 2: seconds}[card.text_threads]

        def encode_texts(self, texts: list[str]) -> None:
            time.sleep(self.seconds)

    monkeypatch.setattr(gate, "OnnxTextEncoder", Texts)
    monkeypatch.setattr(gate, "threads", lambda: 2)
    card = files.TextCard(**json.loads((exported_texts / files.CARD).read_text()))
    chosen = gate.with_text_threads(card, exported_texts, gate.samples().texts)
    assert chosen.text_threads == threads
    assert chosen.gate["texts"][card.text]["milliseconds"] >= 1000 * min(seconds, 0.02)


@pytest.mark.parametrize(("cores", "used"), [(1, 1), (2, 2), (8, 2)])
def test_a_text_uses_the_threads_of_the_card(
    exported_texts: Path, monkeypatch: pytest.MonkeyPatch, cores: int, used: int
) -> None:
    card = files.TextCard(**json.loads((exported_texts / files.CARD).read_text()))
    alone = OnnxTextEncoder(exported_texts, replace(card, text_threads=1)).encode_texts(
        ["a red car"]
    )
    monkeypatch.setenv("GALLERY_TORCH_THREADS", str(cores))
    texts = OnnxTextEncoder(exported_texts, replace(card, text_threads=2))
    assert texts.session.read().get_session_options().intra_op_num_threads == used
    assert float(texts.encode_texts(["a red car"])[0] @ alone[0]) > 0.9999
