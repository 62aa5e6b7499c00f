"""Choosing an encoder, by name, by setting and automatically."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gallery.changeover import choose as choosing
from gallery.changeover.choose import choose
from gallery.core.errors import EncoderMismatch, EncoderUnavailable, NotEnoughMemory
from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader, memory
from gallery.encoders.model import discovery
from gallery.models import EmbeddingSpace, Image, State
from tests.builders import make_image
from tests.embeddings.conftest import MakeDerived, MakeSearchable, upgrade
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub_offers(monkeypatch: pytest.MonkeyPatch) -> Any:
    def offer(name: str, reason: str = "for a reason") -> None:
        monkeypatch.setattr(discovery, "discover", lambda: discovery.Choice(name, reason))

    return offer


def test_the_first_choice_is_active_at_once() -> None:
    space = choose("one")
    assert spaces.active() == space
    assert (space.encoder, space.reason) == ("one", "chosen by name")
    assert space.fingerprint == str(load("one").fingerprint)


def test_a_model_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, make_searchable: MakeSearchable
) -> None:
    make_searchable(1)
    loader.forget("two")
    monkeypatch.setattr(memory, "free_memory", lambda: 1 << 20)
    with pytest.raises(NotEnoughMemory, match="The model two needs about"):
        choose("two")
    assert [space.encoder for space in EmbeddingSpace.objects.all()] == ["one"]


def test_auto_decides_once(hub_offers: Any) -> None:
    hub_offers("one", "the model hub did not answer within 10 s")
    first = choose("auto")
    assert first.reason == "the model hub did not answer within 10 s"
    hub_offers("two")
    second = choose("auto")
    assert second == first
    assert second.encoder == "one"
    assert second.reason == (
        "chosen at an earlier start (the model hub did not answer within 10 s)"
    )
    assert "did not answer" in second.reason


def test_auto_keeps_an_explicit_choice(space: EmbeddingSpace, hub_offers: Any) -> None:
    hub_offers("two")
    assert choose("auto") == space


def test_auto_falls_back_to_the_builtin_model(
    hub_offers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "PREFERRED", "narrow")
    monkeypatch.setattr(choosing, "BUILTIN", "one")
    hub_offers("narrow")
    space = choose("auto")
    assert space.encoder == "one"
    assert "256" in space.reason


def test_auto_keeps_a_missing_model(space: EmbeddingSpace, site_models: Path) -> None:
    (site_models / "one").rename(site_models / "elsewhere")
    chosen = choose("auto")
    assert chosen == space
    assert "not available now" in chosen.reason


def test_failed_and_unprocessed_images_are_left_alone(space: EmbeddingSpace) -> None:
    for state in (State.STORED, State.FAILED, State.QUARANTINED):
        make_image(state=state, error_code="corrupt", attempts=2)
    before = set(Image.objects.values_list("pk", "state", "attempts"))
    choose("two")
    assert set(Image.objects.values_list("pk", "state", "attempts")) == before


def test_a_picture_that_failed_is_retried(space: EmbeddingSpace) -> None:
    image = make_image(state=State.FAILED, error_code="bad_embedding")
    choose("two")
    image.refresh_from_db()
    assert (image.state, image.error) == (State.DERIVED, None)


@pytest.mark.parametrize("name", ["auto", "one"])
def test_changed_weights_make_a_new_space(
    space: EmbeddingSpace, site_models: Path, make_derived: MakeDerived, name: str
) -> None:
    make_derived()
    embed_backlog()
    upgrade(site_models / "one")
    other = choose(name)
    assert other != space
    assert (other.encoder, other.reason) == ("one", "its weights have changed")
    assert Image.objects.get().state == State.DERIVED


def test_another_name_keeps_the_space(space: EmbeddingSpace, site_models: Path) -> None:
    moved = site_models / "moved" / "one"
    moved.parent.mkdir()
    (site_models / "one").rename(moved)
    assert choose(str(moved)) == space
    assert spaces.active().encoder == str(moved)


def test_a_path_that_is_too_long_is_refused(space: EmbeddingSpace) -> None:
    with pytest.raises(EncoderUnavailable, match="stores 200 at most"):
        choose("/models" * 40)


def test_a_folder_may_have_a_long_name(site_models: Path) -> None:
    (site_models / ("n" * 190)).symlink_to(site_models / "one")
    assert choose("n" * 190).active


def test_another_width_is_refused(space: EmbeddingSpace) -> None:
    make_image()
    with pytest.raises(EncoderMismatch, match="256"):
        choose("narrow")
    assert spaces.active() == space
    assert Image.objects.get().state == State.READY
