from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gallery.encoders import relevance_threshold
from gallery.encoders.relevance_threshold import FILE, RelevanceThreshold, relevance_threshold_of


@pytest.fixture
def folder(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "tiny"))


@pytest.fixture
def measured() -> RelevanceThreshold:
    return RelevanceThreshold(text=0.3, image=0.5)


def test_what_was_written_is_read_again(folder: Path, measured: RelevanceThreshold) -> None:
    relevance_threshold.write(folder, measured)
    assert relevance_threshold_of(str(folder), "") == measured


def test_words_and_pictures_have_limits_of_their_own(measured: RelevanceThreshold) -> None:
    assert measured.is_answer("text", best=0.3)
    assert not measured.is_answer("text", best=0.29)
    assert not measured.is_answer("image", best=0.3)


def test_a_model_nobody_measured_has_none(folder: Path) -> None:
    assert relevance_threshold_of(str(folder), "") is None


def test_a_model_that_is_not_here_has_none(tmp_path: Path) -> None:
    assert relevance_threshold_of(str(tmp_path / "nowhere"), "") is None


def limits(**changed: Any) -> dict[str, Any]:
    return {"nothing_close_below": {"text": 0.3, "image": 0.5} | changed}


BROKEN: list[Any] = [
    [limits()],
    None,
    {},
    {"nothing_close_below": 0.3},
    {"nothing_close_below": {"text": 0.3}},
    limits(text="high"),
    limits(image=None),
    limits(image=float("nan")),
]


@pytest.mark.parametrize("said", BROKEN)
def test_a_file_that_makes_no_sense_is_ignored(folder: Path, said: Any) -> None:
    (folder / FILE).write_text(json.dumps(said))
    assert relevance_threshold_of(str(folder), "") is None


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_ignored(folder: Path, text: bytes) -> None:
    (folder / FILE).write_bytes(text)
    assert relevance_threshold_of(str(folder), "") is None


def test_the_builtin_model_is_measured() -> None:
    assert relevance_threshold_of("builtin", "") is not None


def test_measuring_again_is_seen_with_other_weights(
    folder: Path, measured: RelevanceThreshold
) -> None:
    assert relevance_threshold_of(str(folder), "the old weights") is None
    relevance_threshold.write(folder, measured)
    assert relevance_threshold_of(str(folder), "the new weights") is not None
