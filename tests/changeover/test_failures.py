"""Pictures that cannot be encoded, and an encoder that is lost, during a backfill."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.db.models.functions import Now

from gallery.changeover import control
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.core.errors import BadEmbedding, EncoderUnavailable
from gallery.embeddings import spaces
from gallery.embeddings.coverage import coverage_of
from gallery.encoders import loader
from gallery.media.storage import preview_path
from gallery.models import BackfillItem, Embedding, SpaceBackfill, SpaceState, State
from tests.embeddings.conftest import MakeDerived, MakeSearchable, upgrade
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db

LONG = 600.0


def retry_until_skipped() -> None:
    for _ in range(9):
        backfill(LONG)
        BackfillItem.objects.update(next_attempt_at=Now(), lease_until=None)


@pytest.mark.parametrize("content", [None, b"<svg/>"])
def test_a_picture_without_a_preview_is_skipped(
    make_searchable: MakeSearchable, content: bytes | None
) -> None:
    images = make_searchable(3)
    path = preview_path(images[0].pk, "small")
    path.unlink() if content is None else path.write_bytes(content)
    other = choose("two")
    retry_until_skipped()
    done = coverage_of(other)
    assert (done.embedded, done.skipped, done.missing) == (2, 1, 0)
    assert BackfillItem.objects.get().error_code == "preview_missing"
    images[0].refresh_from_db()
    assert images[0].state == State.READY


def test_a_bad_vector_skips_only_its_picture(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(3)
    other = choose("two")
    encoder = load("two")
    encode_images = encoder.encode_images

    def refuse_red(images: list[PIL.Image.Image]) -> Any:
        if any(image.getpixel((0, 0))[0] > 200 for image in images):  # type: ignore[index]
            raise BadEmbedding("The encoder gave a vector that is not finite.")
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", refuse_red)
    backfill(LONG)
    assert (coverage_of(other).embedded, coverage_of(other).skipped) == (2, 1)


def test_a_picture_that_kills_workers_is_skipped(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(4)
    other = choose("two")
    encoder = load("two")
    encode_images = encoder.encode_images

    def die_with_red(images: list[PIL.Image.Image]) -> Any:
        if any(image.getpixel((0, 0))[0] > 200 for image in images):  # type: ignore[index]
            raise KeyboardInterrupt
        return encode_images(images)

    monkeypatch.setattr(encoder, "encode_images", die_with_red)
    for _ in range(4):
        try:
            backfill(LONG)
        except KeyboardInterrupt:
            BackfillItem.objects.update(lease_until=None)
    assert BackfillItem.objects.get().error_code == "interrupted"
    assert (coverage_of(other).embedded, coverage_of(other).skipped) == (3, 1)


def test_many_skipped_pictures_pause_the_backfill(
    make_searchable: MakeSearchable,
) -> None:
    for image in make_searchable(5)[:3]:
        preview_path(image.pk, "small").unlink()
    other = choose("two")
    retry_until_skipped()
    other.refresh_from_db()
    assert other.state == SpaceState.PAUSED
    assert other.problem.startswith("Too many pictures could not be processed. The last error")


def test_a_worker_killed_before_pausing_cannot_switch(make_searchable: MakeSearchable) -> None:
    images = make_searchable(5)
    other = choose("two")
    backfill(LONG)
    Embedding.objects.filter(space=other, image__in=images[:3]).delete()
    for image in images[:3]:  # the worker skipped them and was killed
        BackfillItem.objects.create(backfill=other.backfill, image=image, skipped=True)
    run(LONG)
    other.refresh_from_db()
    assert (other.state, spaces.active().encoder) == (SpaceState.PAUSED, "one")


def test_resuming_retries_skipped_pictures(make_searchable: MakeSearchable) -> None:
    image = make_searchable(3)[0]
    path = preview_path(image.pk, "small")
    away = path.rename(path.with_suffix(".away"))
    other = choose("two")
    retry_until_skipped()
    away.rename(path)
    control.pause(other)
    control.resume(other)
    backfill(LONG)
    assert (coverage_of(other).embedded, coverage_of(other).skipped) == (3, 0)


def cut_short(model: Path) -> None:
    weights = next(model.rglob("model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (upgrade, "is now another one"),
        (shutil.rmtree, "was not found"),
        (cut_short, "cannot be loaded"),
    ],
)
def test_uploads_go_on_without_the_next_encoder(
    make_searchable: MakeSearchable, make_derived: MakeDerived, site_models: Path,
    harm: Callable[[Path], None], message: str,
) -> None:  # fmt: skip
    make_searchable(2)
    other = choose("two")
    loader.forget_all()
    harm(site_models / "two")
    upload = make_derived()
    assert backfill(LONG) is False
    upload.refresh_from_db()
    other.refresh_from_db()
    assert (upload.state, other.state) == (State.READY, SpaceState.BACKFILLING)
    assert message in other.problem


def test_an_encoder_lost_midway_costs_no_attempt(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(2)
    other = choose("two")

    def lose(images: list[PIL.Image.Image]) -> Any:
        raise EncoderUnavailable("The disk is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(load("two"), "encode_images", lose)
        for _ in range(5):
            assert backfill(LONG) is False
    assert "The disk is gone." in SpaceBackfill.objects.get().problem
    assert set(BackfillItem.objects.values_list("attempts", "skipped")) == {(0, False)}
    backfill(LONG)
    assert (SpaceBackfill.objects.get().problem, coverage_of(other).missing) == ("", 0)


def test_the_problem_ends_when_the_encoder_is_back(
    make_searchable: MakeSearchable, site_models: Path
) -> None:
    make_searchable(2)
    other = choose("two")
    loader.forget_all()
    away = (site_models / "two").rename(site_models / "away")
    backfill(LONG)
    away.rename(site_models / "two")
    backfill(LONG)
    other.refresh_from_db()
    assert (other.problem, coverage_of(other).missing) == ("", 0)
