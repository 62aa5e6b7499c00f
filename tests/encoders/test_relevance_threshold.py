from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders import relevance_threshold
from gallery.encoders.model import lookup
from gallery.encoders.relevance_threshold import (
    FILE,
    Cosines,
    RelevanceThreshold,
    relevance_threshold_of,
)


@pytest.fixture
def folder(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


@pytest.fixture
def measured() -> RelevanceThreshold:
    return RelevanceThreshold(text=Cosines(0.3, 0.4, 0.5), image=Cosines(0.5, 0.6, 0.7))


def threshold_of(folder: Path) -> RelevanceThreshold | None:
    return relevance_threshold_of(lookup.find(str(folder)))


def test_written_threshold_is_read(folder: Path, measured: RelevanceThreshold) -> None:
    relevance_threshold.write(folder, measured)
    assert threshold_of(folder) == measured


def test_unmeasured_model_has_no_threshold(folder: Path) -> None:
    assert threshold_of(folder) is None


def test_pair_of_models_has_no_threshold(
    folder: Path, tiny_texts: Path, measured: RelevanceThreshold
) -> None:
    relevance_threshold.write(folder, measured)
    assert relevance_threshold_of(lookup.find(f"{tiny_texts}+{folder}")) is None


def calibration(**cosines: Any) -> dict[str, Any]:
    values = {"weak": 0.3, "good": 0.4, "strong": 0.5}
    return {"text": values | cosines, "image": values}


INVALID: list[Any] = [
    [calibration()],
    None,
    {},
    {"nothing_close_below": {"text": 0.3, "image": 0.5}},
    {"text": {"weak": 0.3}, "image": {"weak": 0.3}},
    {"text": calibration()["text"]},
    calibration(weak="high"),
    calibration(good=None),
    calibration(strong=float("nan")),
    calibration(weak=0.45),
    calibration(strong=0.35),
]


def test_file_with_ascending_cosines_is_read(folder: Path) -> None:
    (folder / FILE).write_text(json.dumps(calibration()))
    assert threshold_of(folder) is not None


@pytest.mark.parametrize("content", INVALID)
def test_file_with_invalid_content_is_ignored(folder: Path, content: Any) -> None:
    (folder / FILE).write_text(json.dumps(content))
    assert threshold_of(folder) is None


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_file_without_json_is_ignored(folder: Path, text: bytes) -> None:
    (folder / FILE).write_bytes(text)
    assert threshold_of(folder) is None


def test_builtin_model_has_a_threshold() -> None:
    assert relevance_threshold_of(lookup.find("builtin")) is not None
