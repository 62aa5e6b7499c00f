"""Which encoders a process keeps loaded."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders import backend, loader, towers
from gallery.encoders.base import Computations, Encoder, Fingerprint
from gallery.encoders.model import lookup
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.resolved import ResolvedModel
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_tiny_clip

pytestmark = pytest.mark.usefixtures("unloaded")


@pytest.fixture
def copy(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


def test_concurrent_callers_load_a_model_once(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    new_encoder = towers.new_encoder

    def count(model: ResolvedModel) -> Encoder:
        names.append(model.name)
        return new_encoder(model)

    monkeypatch.setattr(towers, "new_encoder", count)
    with ThreadPoolExecutor(8) as pool:
        encoders = set(pool.map(lambda _: id(load(tiny_clip)), range(16)))
    assert len(names) == 1
    assert len(encoders) == 1


class StubEncoder:
    computations: Computations = {}

    def __init__(self, fingerprint: Fingerprint) -> None:
        self.fingerprint = fingerprint


def test_third_model_replaces_least_recently_used_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    def count(model: ResolvedModel) -> StubEncoder:
        names.append(model.name)
        return StubEncoder(model.fingerprint)

    monkeypatch.setattr(towers, "new_encoder", count)
    for name in ("active", "next", "active", "next", "active", "other", "active", "next"):
        loader.load(ResolvedModel(name, ModelFolder(name, tmp_path, commit=name)))
    assert names == ["active", "next", "other", "next"]


def test_other_threads_do_not_wait_for_onnx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ResolvedModel("active", ModelFolder("active", tmp_path, commit="c"))
    encoders: list[Any] = [StubEncoder(model.fingerprint) for _ in range(2)]
    before, after = encoders
    is_loading, may_continue = threading.Event(), threading.Event()

    def load_slowly(_: object) -> Any:
        is_loading.set()
        assert may_continue.wait(10)
        return after

    monkeypatch.setattr(towers, "new_encoder", lambda _: before)
    loader.load(model)
    monkeypatch.setattr(backend, "successor", load_slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(loader.load, model)
        assert is_loading.wait(10)
        second = pool.submit(loader.load, model)
        assert second.result(5) is before
        may_continue.set()
        assert first.result(5) is after


def test_threads_can_share_an_encoder(tiny_clip: Path) -> None:
    encoder = load(tiny_clip)
    texts = [f"text {'x' * (number % 40)}" for number in range(60)]
    single = [encoder.encode_texts([text])[0] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        concurrent = list(pool.map(lambda text: encoder.encode_texts([text])[0], texts))
    assert np.allclose(single, concurrent, atol=1e-6)


def test_loaded_encoder_is_reused_without_its_files(copy: Path) -> None:
    encoder = load(copy)
    shutil.rmtree(copy)
    assert loader.reuse(str(copy), str(encoder.fingerprint)) is encoder
    with pytest.raises(EncoderUnavailable):
        load(copy)


def test_replaced_files_are_loaded_when_asked_for(copy: Path) -> None:
    before = load(copy)
    shutil.rmtree(copy)
    make_tiny_clip(copy, seed=9)
    assert loader.reuse(str(copy), str(before.fingerprint)) is before
    after = load(copy)
    assert after.fingerprint != before.fingerprint
    assert loader.held(str(copy), str(after.fingerprint)) is after
    assert loader.held(str(copy), str(before.fingerprint)) is None


def test_other_fingerprint_is_not_reused(tiny_clip: Path) -> None:
    load(tiny_clip)
    assert loader.reuse(str(tiny_clip), "other") is None


@pytest.mark.parametrize("all_models", [True, False])
def test_forgotten_encoder_is_not_held(tiny_clip: Path, all_models: bool) -> None:
    model = lookup.find(str(tiny_clip))
    encoder = loader.load(model)
    if all_models:
        loader.forget_all()
    else:
        loader.forget(model.name)
    assert loader.held(model.name, str(encoder.fingerprint)) is None
