"""Pictures that cannot be read, and an encoder that is lost, while a space is filled."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.db.models.functions import Now
from gallery.embeddings.fill import fill

from gallery.core.errors import BadEmbedding
from gallery.embeddings import progress, spaces, switch, trouble
from gallery.encoders import loader
from gallery.media.storage import preview_path
from gallery.models import FillJob, Phase, State
from tests.embeddings.conftest import MakeDerived, MakeFound, spoil

pytestmark = pytest.mark.django_db

LONG = 600.0


def try_to_the_end() -> None:
    for _ in range(9):
        fill(LONG)
        FillJob.objects.update(next_attempt_at=Now(), lease_until=None)


@pytest.mark.parametrize("content", [None, b"<svg/>"])
def test_a_picture_without_a_preview_is_skipped_and_counted(
    make_found: MakeFound, content: bytes | None
) -> None:
    images = make_found(3)
    path = preview_path(images[0].pk, "small")
    path.unlink() if content is None else path.write_bytes(content)
    other = spaces.choose("two")
    try_to_the_end()
    done = progress.of(other)
    assert (done.embedded, done.skipped, done.missing) == (2, 1, 0)
    assert FillJob.objects.get().error_code == "preview_missing"
    images[0].refresh_from_db()
    assert images[0].state == State.READY


def test_a_bad_vector_skips_its_own_picture_only(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(3)
    other = spaces.choose("two")
    encoder = loader.load("two")
    encode_images = encoder.encode_images

    def refuse_red(images: list[PIL.Image.Image]) -> Any:
        if any(image.getpixel((0, 0))[0] > 200 for image in images):  # type: ignore[index]
            raise BadEmbedding("The encoder gave a vector that is not finite.")
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", refuse_red)
    fill(LONG)
    assert (progress.of(other).embedded, progress.of(other).skipped) == (2, 1)


def test_a_picture_that_kills_workers_takes_no_other_down(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(4)
    other = spaces.choose("two")
    encoder = loader.load("two")
    encode_images = encoder.encode_images

    def die_of_red(images: list[PIL.Image.Image]) -> Any:
        if any(image.getpixel((0, 0))[0] > 200 for image in images):  # type: ignore[index]
            raise KeyboardInterrupt
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", die_of_red)
    for _ in range(4):
        try:
            fill(LONG)
        except KeyboardInterrupt:
            FillJob.objects.update(lease_until=None)
    assert FillJob.objects.get().error_code == "embedding_interrupted"
    assert (progress.of(other).embedded, progress.of(other).skipped) == (3, 1)


def test_when_many_pictures_cannot_be_read_the_filling_stops_and_says_why(
    make_found: MakeFound,
) -> None:
    for image in make_found(5)[:3]:
        preview_path(image.pk, "small").unlink()
    other = spaces.choose("two")
    try_to_the_end()
    other.refresh_from_db()
    assert (other.phase, other.active) == (Phase.PAUSED, False)
    assert "Too many pictures cannot be read" in trouble.words(other)


def test_resuming_tries_again_what_was_skipped(make_found: MakeFound) -> None:
    image = make_found(3)[0]
    path = preview_path(image.pk, "small")
    away = path.rename(path.with_suffix(".away"))
    other = spaces.choose("two")
    try_to_the_end()
    away.rename(path)
    switch.pause(other)
    switch.resume(other)
    fill(LONG)
    assert (progress.of(other).embedded, progress.of(other).skipped) == (3, 0)


def cut_short(model: Path) -> None:
    weights = next(model.rglob("model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (spoil, "is now another one"),
        (shutil.rmtree, "was not found"),
        (cut_short, "cannot be loaded"),
    ],
)
def test_an_encoder_that_cannot_be_loaded_is_named_and_uploads_go_on(
    make_found: MakeFound, make_derived: MakeDerived, site_models: Path,
    harm: Callable[[Path], None], words: str,
) -> None:  # fmt: skip
    make_found(2)
    other = spaces.choose("two")
    loader._loaded.clear()
    harm(site_models / "two")
    upload = make_derived()
    assert fill(LONG) is False
    upload.refresh_from_db()
    other.refresh_from_db()
    assert (upload.state, other.phase) == (State.READY, Phase.FILLING)
    assert words in other.trouble


def test_when_the_encoder_is_back_the_filling_goes_on_and_the_trouble_is_forgotten(
    make_found: MakeFound, site_models: Path
) -> None:
    make_found(2)
    other = spaces.choose("two")
    loader._loaded.clear()
    away = (site_models / "two").rename(site_models / "away")
    fill(LONG)
    away.rename(site_models / "two")
    fill(LONG)
    other.refresh_from_db()
    assert (other.trouble, progress.of(other).missing) == ("", 0)
