from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gallery.changeover.choose import choose
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import encode, spaces
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader
from gallery.models import Embedding, EmbeddingSpace, State
from tests.embeddings.conftest import MakeDerived, upgrade
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db


def test_without_a_choice_there_is_no_space() -> None:
    with pytest.raises(EncoderUnavailable, match="encoder choose"):
        spaces.active()


def test_changed_weights_are_loaded_with_their_space(
    space: EmbeddingSpace, site_models: Path
) -> None:
    before = spaces.encoder_of(space)
    upgrade(site_models / "one")
    assert spaces.encoder_of(space) is before
    assert spaces.encoder_of(choose("auto")) is not before
    with pytest.raises(EncoderMismatch):
        spaces.encoder_of(space)


def test_a_replaced_model_is_refused(space: EmbeddingSpace, site_models: Path) -> None:
    loader.forget_all()
    upgrade(site_models / "one")
    with pytest.raises(EncoderMismatch, match="is now another one"):
        spaces.encoder_of(space)


def test_a_batch_overtaken_by_a_change_is_repeated(
    space: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_derived()
    encoder = load("one")
    encode_images = encoder.encode_images

    def change_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        choose("two")
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
    monkeypatch.setattr(load("one"), "encode_texts", None)
    assert encode.text_vector(space, "a red car") is first
    other = choose("two")
    assert not np.allclose(encode.text_vector(other, "a red car"), first, atol=1e-3)


def test_a_cached_vector_is_read_only(space: EmbeddingSpace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encode.text_vector(space, "a red car")[0] = 1


def test_one_spelling_serves_equal_texts() -> None:
    assert encode.normalised(" cafe\u0301  au\u3000lait\n") == "café au lait"


def test_a_picture_becomes_one_vector(space: EmbeddingSpace) -> None:
    assert encode.image_vector(space, PIL.Image.new("RGB", (90, 30))).shape == (512,)
