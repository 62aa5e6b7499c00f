from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallery.encoders import closeness
from gallery.encoders.closeness import FILE, Background, Closeness, Measured, closeness_of


@pytest.fixture
def folder(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


@pytest.fixture
def measured() -> Closeness:
    """Chance: a cosine of 0.1 on average with e0, spread 0.2; and next to none with the others."""
    mean, axes = np.zeros(512, np.float32), np.zeros((1, 512), np.float32)
    mean[0], axes[0, 0] = 0.1, 0.2
    background = Background(mean, axes, 1e-4)
    return Closeness(text=Measured(background, 3.0), image=Measured(background, 5.0))


def e0() -> Any:
    return np.eye(512, dtype=np.float32)[0]


def test_what_was_written_is_read_again(folder: Path, measured: Closeness) -> None:
    closeness.write(folder, measured)
    read = closeness_of(str(folder), "")
    assert read is not None
    for again, once in ((read.text, measured.text), (read.image, measured.image)):
        assert again.nothing_close_below == once.nothing_close_below
        assert np.allclose(again.background.mean, once.background.mean, atol=1e-3)
        assert np.allclose(again.background.axes, once.background.axes, atol=1e-3)


def test_a_hit_has_to_stand_that_far_above_chance(measured: Closeness) -> None:
    # 3 standard deviations of 0.2 above 0.1 is 0.7; 5 of them is more than a cosine can be.
    assert measured.is_answer("text", e0(), best=0.71)
    assert not measured.is_answer("text", e0(), best=0.69)
    assert not measured.is_answer("image", e0(), best=1.0)


def test_the_same_cosine_says_more_where_chance_gives_less(measured: Closeness) -> None:
    elsewhere = np.eye(512, dtype=np.float32)[1]
    assert measured.is_answer("text", elsewhere, best=0.3)
    assert not measured.is_answer("text", e0(), best=0.3)


def test_a_model_nobody_measured_has_none(folder: Path) -> None:
    assert closeness_of(str(folder), "") is None


def test_a_model_that_is_not_here_has_none(tmp_path: Path) -> None:
    assert closeness_of(str(tmp_path / "nowhere"), "") is None


def changed(**text: Any) -> Callable[[dict[str, Any]], object]:
    return lambda said: said | {"text": said["text"] | text}


BROKEN: list[Callable[[dict[str, Any]], object]] = [
    lambda said: [said],
    lambda said: None,
    lambda said: {"text": said["text"]},
    lambda said: said | {"image": {}},
    changed(nothing_close_below="high"),
    changed(nothing_close_below=float("nan")),
    changed(nothing_close_below=None),
    changed(mean="AAAA"),
    changed(mean="not base64!"),
    changed(axes=7),
    changed(axes="AAAA"),
    changed(noise=0),
]


@pytest.mark.parametrize("change", BROKEN)
def test_a_file_that_makes_no_sense_is_ignored(
    folder: Path, measured: Closeness, change: Callable[[dict[str, Any]], object]
) -> None:
    closeness.write(folder, measured)
    said = json.loads((folder / FILE).read_text())
    (folder / FILE).write_text(json.dumps(change(said)))
    assert closeness_of(str(folder), "") is None


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_ignored(folder: Path, text: bytes) -> None:
    (folder / FILE).write_bytes(text)
    assert closeness_of(str(folder), "") is None


def test_the_builtin_model_is_measured() -> None:
    assert closeness_of("builtin", "") is not None


def test_measuring_again_is_seen_with_other_weights(folder: Path, measured: Closeness) -> None:
    assert closeness_of(str(folder), "the old weights") is None
    closeness.write(folder, measured)
    assert closeness_of(str(folder), "the new weights") is not None
