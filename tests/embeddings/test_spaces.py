from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import encode, spaces
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader
from gallery.encoders.model import discovery
from gallery.models import Embedding, EmbeddingSpace, Image, State
from tests.builders import make_image
from tests.embeddings.conftest import MakeDerived, spoil

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub_offers(monkeypatch: pytest.MonkeyPatch) -> Any:
    def offer(name: str, reason: str = "for a reason") -> None:
        monkeypatch.setattr(discovery, "discover", lambda: discovery.Choice(name, reason))

    return offer


def test_nothing_chosen_is_said_in_words() -> None:
    with pytest.raises(EncoderUnavailable, match="encoder choose"):
        spaces.active()


def test_an_explicit_choice_becomes_the_active_space() -> None:
    space = spaces.choose("one")
    assert spaces.active() == space
    assert (space.encoder, space.reason) == ("one", "asked for by name")
    assert space.fingerprint == str(loader.load("one").fingerprint)


def test_auto_decides_once_and_keeps_the_choice(hub_offers: Any) -> None:
    hub_offers("one", "the model hub did not answer within 10 s")
    first = spaces.choose("auto")
    assert first.reason == "the model hub did not answer within 10 s"
    hub_offers("two")
    second = spaces.choose("auto")
    assert second == first
    assert second.encoder == "one"
    assert second.reason.startswith("kept for this database")
    assert "did not answer" in second.reason


def test_auto_keeps_an_explicit_choice(space: EmbeddingSpace, hub_offers: Any) -> None:
    hub_offers("two")
    assert spaces.choose("auto") == space


def test_auto_falls_back_when_the_preferred_model_cannot_be_loaded(
    hub_offers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "PREFERRED", "narrow")
    monkeypatch.setattr(spaces, "BUILTIN", "one")
    hub_offers("narrow")
    space = spaces.choose("auto")
    assert space.encoder == "one"
    assert "256" in space.reason


def test_auto_keeps_a_model_that_is_gone_and_says_so(
    space: EmbeddingSpace, site_models: Path
) -> None:
    (site_models / "one").rename(site_models / "elsewhere")
    kept = spaces.choose("auto")
    assert kept == space
    assert "not available now" in kept.reason


def test_failed_and_unprocessed_images_are_not_touched_by_a_change(space: EmbeddingSpace) -> None:
    for state in (State.STORED, State.FAILED, State.QUARANTINED):
        make_image(state=state, error_code="corrupt", attempts=2)
    before = set(Image.objects.values_list("pk", "state", "attempts"))
    spaces.choose("two")
    assert set(Image.objects.values_list("pk", "state", "attempts")) == before


def test_a_picture_the_old_encoder_failed_on_gets_a_new_chance(space: EmbeddingSpace) -> None:
    image = make_image(state=State.FAILED, error_code="bad_embedding")
    spaces.choose("two")
    image.refresh_from_db()
    assert (image.state, image.error) == (State.DERIVED, None)


@pytest.mark.parametrize("name", ["auto", "one"])
def test_changed_weights_make_a_new_space(
    space: EmbeddingSpace, site_models: Path, make_derived: MakeDerived, name: str
) -> None:
    make_derived()
    embed_backlog()
    spoil(site_models / "one")
    other = spaces.choose(name)
    assert other != space
    assert (other.encoder, other.reason) == ("one", "its weights have changed")
    assert Image.objects.get().state == State.DERIVED


def test_a_running_process_takes_up_changed_weights_with_the_new_space(
    space: EmbeddingSpace, site_models: Path
) -> None:
    before = spaces.encoder_of(space)
    spoil(site_models / "one")
    assert spaces.encoder_of(space) is before
    assert spaces.encoder_of(spaces.choose("auto")) is not before
    with pytest.raises(EncoderMismatch):
        spaces.encoder_of(space)


def test_a_model_that_became_another_is_refused(space: EmbeddingSpace, site_models: Path) -> None:
    loader._loaded.clear()
    spoil(site_models / "one")
    with pytest.raises(EncoderMismatch, match="is now another one"):
        spaces.encoder_of(space)


def test_the_same_model_under_another_name_is_the_same_space(
    space: EmbeddingSpace, site_models: Path
) -> None:
    moved = site_models / "moved" / "one"
    moved.parent.mkdir()
    (site_models / "one").rename(moved)
    assert spaces.choose(str(moved)) == space
    assert spaces.active().encoder == str(moved)


def test_a_path_longer_than_the_database_keeps_is_refused_in_words(space: EmbeddingSpace) -> None:
    with pytest.raises(EncoderUnavailable, match="at most 200 characters"):
        spaces.choose("/models" * 40)


def test_a_folder_with_a_long_name_can_be_chosen(site_models: Path) -> None:
    (site_models / ("n" * 190)).symlink_to(site_models / "one")
    assert spaces.choose("n" * 190).active


def test_another_width_is_refused_and_nothing_changes(space: EmbeddingSpace) -> None:
    make_image()
    with pytest.raises(EncoderMismatch, match="256"):
        spaces.choose("narrow")
    assert spaces.active() == space
    assert Image.objects.get().state == State.READY


def test_a_batch_that_a_change_overtakes_goes_back(
    space: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_derived()
    encoder = loader.load("one")
    encode_images = encoder.encode_images

    def change_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        spaces.choose("two")
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", change_meanwhile)
    assert embed_backlog() == 1
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.READY, 0)
    assert [row.space.encoder for row in Embedding.objects.select_related("space")] == ["two"]


def test_a_text_is_encoded_once_per_space(
    space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encode.text_vector(space, "a  red\tcar ")
    monkeypatch.setattr(loader.load("one"), "encode_texts", None)
    assert encode.text_vector(space, "a red car") is first
    other = spaces.choose("two")
    assert not np.allclose(encode.text_vector(other, "a red car"), first, atol=1e-3)


def test_a_remembered_vector_cannot_be_changed_by_its_callers(space: EmbeddingSpace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encode.text_vector(space, "a red car")[0] = 1


def test_one_spelling_serves_equal_texts() -> None:
    assert encode.normalised(" cafe\u0301  au\u3000lait\n") == "café au lait"


def test_a_picture_becomes_one_vector(space: EmbeddingSpace) -> None:
    assert encode.image_vector(space, PIL.Image.new("RGB", (90, 30))).shape == (512,)
