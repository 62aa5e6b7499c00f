from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import BadEmbedding, EncoderUnavailable, InvalidInput
from gallery.encoders.base import WIDTH
from gallery.evaluation import evaluate as evaluate_module
from gallery.evaluation.caption_sets import CaptionSet, read
from gallery.evaluation.evaluate import Evaluation, evaluate
from gallery.evaluation.measures import Measures
from tests.encoders.loading import load

COLOURS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255)}
DIRECTION_OF = {"red": 0, "deep red": 0, "green": 1, "blue": 2, "grey": 3}


class ColourEncoder:
    """Finds every colour by its English name, and treats every Chinese text as "blue"."""

    fingerprint = "by colour"
    batches: list[int]

    def __init__(self) -> None:
        self.batches = []

    def encode_images(self, images: list[PIL.Image.Image]) -> np.ndarray:
        self.batches.append(len(images))
        if any(image.getpixel((0, 0)) == (0, 0, 0) for image in images):
            raise BadEmbedding("The encoder gave a vector that is not finite.")
        pixels = np.array([image.getpixel((0, 0)) for image in images], dtype=np.float32)
        return _widened(pixels / np.linalg.norm(pixels, axis=1)[:, None])

    def encode_texts(self, texts: list[str]) -> np.ndarray:
        numbers = [2 if not text.isascii() else DIRECTION_OF[text] for text in texts]
        return _widened(np.eye(4, dtype=np.float32)[numbers])


def _widened(vectors: np.ndarray) -> np.ndarray:
    return np.pad(vectors, ((0, 0), (0, WIDTH - vectors.shape[1])))


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> ColourEncoder:
    encoder = ColourEncoder()
    monkeypatch.setattr(evaluate_module, "load_encoder", lambda name: encoder)
    return encoder


@pytest.fixture
def make_set(tmp_path: Path) -> Callable[[str], CaptionSet]:
    """Make a caption set from the rows of a table. There are two pictures of each colour."""
    for name, colour in COLOURS.items():
        PIL.Image.new("RGB", (16, 16), colour).save(tmp_path / f"{name}.png")
        PIL.Image.new("RGB", (16, 16), colour).save(tmp_path / f"{name}2.png")

    def make(rows: str) -> CaptionSet:
        (tmp_path / "set.csv").write_text(f"file,caption,language\n{rows}", encoding="utf-8")
        return read(tmp_path / "set.csv")

    return make


def measures_of(evaluation: Evaluation, direction: str, language: str) -> Measures:
    (row,) = [
        result.measures
        for result in evaluation.results
        if (result.direction, result.language) == (direction, language)
    ]
    return row


CORRECT = "red.png,red,en\ngreen.png,green,en\nblue.png,blue,en\n"


def test_correct_captions_and_pictures_find_each_other(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet]
) -> None:
    evaluation = evaluate(make_set(CORRECT), encoder_name="any")
    for direction in ("text_to_image", "image_to_text"):
        row = measures_of(evaluation, direction, "en")
        assert (row.queries, row.candidates) == (3, 3)
        assert (row.recall_at_1, row.median_rank, row.mean_reciprocal_rank) == (1, 1, 1)


def test_each_language_has_its_own_figures(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet]
) -> None:
    evaluation = evaluate(make_set(f"{CORRECT}red.png,红,zh\n"), encoder_name="any")
    assert evaluation.captions == {"en": 3, "zh": 1, "all": 4}
    assert measures_of(evaluation, "text_to_image", "en").recall_at_1 == 1
    chinese = measures_of(evaluation, "text_to_image", "zh")
    assert (chinese.queries, chinese.candidates, chinese.recall_at_1) == (1, 3, 0)
    described = measures_of(evaluation, "image_to_text", "zh")
    assert (described.queries, described.candidates, described.recall_at_1) == (1, 1, 1)
    assert measures_of(evaluation, "text_to_image", "all").recall_at_1 == 0.75


def test_a_shared_caption_is_correct_for_each_picture(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet]
) -> None:
    rows = CORRECT.replace(",red", ",deep red") + "red2.png, deep  red,en\n"
    evaluation = evaluate(make_set(rows), encoder_name="any")
    captions = measures_of(evaluation, "text_to_image", "en")
    assert (captions.queries, captions.candidates, captions.recall_at_1) == (3, 4, 1)
    pictures = measures_of(evaluation, "image_to_text", "en")
    assert (pictures.queries, pictures.candidates, pictures.recall_at_1) == (4, 3, 1)


def test_one_good_caption_describes_a_picture(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet]
) -> None:
    evaluation = evaluate(make_set(f"{CORRECT}red.png,grey,en\n"), encoder_name="any")
    assert measures_of(evaluation, "image_to_text", "en").recall_at_1 == 1
    assert measures_of(evaluation, "text_to_image", "en").recall_at_1 == 0.75


def test_unreadable_pictures_are_skipped_and_counted(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet], tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes((tmp_path / "red.png").read_bytes()[:30])
    (tmp_path / "words.png").write_text("no picture")
    PIL.Image.new("RGB", (16, 16)).save(tmp_path / "black.png")
    others = [f"{name}.png,grey,en\n" for name in ("broken", "words", "missing", "black")]
    evaluation = evaluate(make_set(CORRECT + "".join(others)), encoder_name="any")
    assert evaluation.images == 3
    assert evaluation.skipped == {
        "corrupt": 1, "unsupported_type": 1, "not_found": 1, "bad_embedding": 1,
    }  # fmt: skip
    assert measures_of(evaluation, "text_to_image", "en").queries == 3


def test_a_file_over_the_size_limit_is_skipped(
    encoder: ColourEncoder,
    make_set: Callable[[str], CaptionSet],
    gallery_setting: Any,
    tmp_path: Path,
) -> None:
    gallery_setting(max_file_size=5000)
    with (tmp_path / "green.png").open("ab") as file:
        file.truncate(1 << 40)
    assert evaluate(make_set(CORRECT), encoder_name="any").skipped == {"file_too_large": 1}


def test_a_pipe_is_not_opened(
    encoder: ColourEncoder,
    make_set: Callable[[str], CaptionSet],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    original = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        assert path.name != "pipe.png"
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    evaluation = evaluate(make_set(f"{CORRECT}pipe.png,red,en\n"), encoder_name="any")
    assert evaluation.skipped == {"not_found": 1}


def test_a_set_without_readable_pictures_is_refused(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet]
) -> None:
    with pytest.raises(InvalidInput, match="can be read"):
        evaluate(make_set("missing.png,red,en\n"), encoder_name="any")


def test_pictures_are_encoded_in_batches_with_progress(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet], gallery_setting: Any
) -> None:
    gallery_setting(embed_batch=2)
    calls: list[tuple[str, int, int]] = []
    evaluate(make_set(CORRECT), encoder_name="any", progress=lambda *args: calls.append(args))
    assert encoder.batches == [2, 1]
    assert calls == [("pictures", 2, 3), ("pictures", 3, 3), ("captions", 3, 3)]


def test_pictures_are_not_decoded_in_this_process(
    encoder: ColourEncoder, make_set: Callable[[str], CaptionSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a picture was opened in this process")

    monkeypatch.setattr(PIL.Image, "open", forbidden)
    assert evaluate(make_set(CORRECT), encoder_name="any").images == 3


def test_a_named_encoder_needs_no_database(
    make_set: Callable[[str], CaptionSet],
) -> None:
    evaluation = evaluate(make_set(CORRECT), encoder_name="one")
    assert evaluation.encoder == "one"
    assert evaluation.fingerprint == str(load("one").fingerprint)
    assert set(evaluation.per_second) == {"decoded", "images", "captions"}


def test_a_missing_encoder_is_reported(make_set: Callable[[str], CaptionSet]) -> None:
    with pytest.raises(EncoderUnavailable):
        evaluate(make_set(CORRECT), encoder_name="/nowhere")
