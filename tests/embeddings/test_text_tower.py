"""Another model for the texts: no vector of a picture changes, but the query vectors do."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from gallery.changeover.choose import choose
from gallery.core.errors import EncoderUnavailable
from gallery.embeddings import encode, model_facts, spaces
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader, query_cache
from gallery.models import Embedding, EmbeddingSpace, Image, State
from tests.embeddings.conftest import MakeDerived
from tests.encoders.loading import load
from tests.encoders.tiny_texts import make_tiny_texts

pytestmark = pytest.mark.django_db

PLAIN, MULTILINGUAL = "clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1"


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_texts(tmp_path_factory.mktemp("models") / "texts")


@pytest.fixture
def towers(site_models: Path, texts: Path) -> Path:
    """Folders with the names of the presets."""
    shutil.copytree(texts, site_models / MULTILINGUAL)
    shutil.copytree(site_models / "one", site_models / PLAIN)
    return site_models


@pytest.fixture
def embedded(towers: Path, make_derived: MakeDerived) -> EmbeddingSpace:
    space = choose(PLAIN)
    make_derived("red"), make_derived("blue")
    assert embed_backlog() == 2
    return space


def vectors() -> dict[uuid.UUID, bytes]:
    rows = Embedding.objects.values_list("image_id", "vector")
    return {pk: np.asarray(vector, dtype=np.float32).tobytes() for pk, vector in rows}


def test_no_vector_of_a_picture_changes(embedded: EmbeddingSpace) -> None:
    before = vectors()
    call_command("encoder", "choose", "--name", MULTILINGUAL)
    assert (spaces.active(), spaces.active().encoder) == (embedded, MULTILINGUAL)
    assert EmbeddingSpace.objects.count() == 1
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    assert embed_backlog() == 0
    assert vectors() == before
    assert len(before) == 2


def test_a_running_process_uses_the_new_texts(embedded: EmbeddingSpace, towers: Path) -> None:
    before = encode.text_vector(spaces.active(), "a cat")
    # What this process sees of a choice that another process made.
    EmbeddingSpace.objects.update(encoder=MULTILINGUAL)
    after = encode.text_vector(spaces.active(), "a cat")
    assert np.abs(after - before).max() > 0.01
    tower: Any = load(f"{towers / MULTILINGUAL}+one")
    assert np.allclose(after, tower.encode_texts(["a cat"])[0], atol=1e-6)
    choose(PLAIN)
    assert np.array_equal(encode.text_vector(spaces.active(), "a cat"), before)


def test_a_replaced_text_model_serves_after_a_restart(
    embedded: EmbeddingSpace, towers: Path
) -> None:
    space = choose(MULTILINGUAL)
    before = encode.text_vector(space, "a cat")
    shutil.rmtree(towers / MULTILINGUAL)
    make_tiny_texts(towers / MULTILINGUAL, seed=8)
    assert np.array_equal(encode.text_vector(space, "a cat"), before)
    loader.forget_all()
    query_cache.forget()
    model_facts.forget()
    assert np.abs(encode.text_vector(space, "a cat") - before).max() > 0.01


def test_new_pictures_are_comparable_with_the_old_ones(
    embedded: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    choose(MULTILINGUAL)
    image = make_derived("red", next_attempt_at="2020-01-01T00:00Z")
    assert embed_backlog() == 1
    assert Embedding.objects.get(image=image).space == embedded
    stored = {pk: np.frombuffer(row, dtype=np.float32) for pk, row in vectors().items()}
    new = stored.pop(image.pk)
    assert max(float(new @ old) for old in stored.values()) == pytest.approx(1, abs=1e-4)


def test_a_text_search_loads_no_picture_model(embedded: EmbeddingSpace) -> None:
    space = choose(MULTILINGUAL)
    loader.forget_all()
    encode.text_vector(space, "a dog")
    encoder: Any = load(MULTILINGUAL)
    assert (encoder.texts.is_loaded, encoder.pictures.is_loaded) == (True, False)


def test_a_worker_loads_no_text_model(embedded: EmbeddingSpace, make_derived: MakeDerived) -> None:
    choose(MULTILINGUAL)
    loader.forget_all()
    make_derived(next_attempt_at="2020-01-01T00:00Z")
    embed_backlog()
    encoder: Any = load(MULTILINGUAL)
    assert (encoder.texts.is_loaded, encoder.pictures.is_loaded) == (False, True)


def test_a_text_tower_of_another_width_changes_nothing(
    embedded: EmbeddingSpace, towers: Path
) -> None:
    make_tiny_texts(towers / "slim", width=256)
    with pytest.raises(CommandError, match="slim gives vectors of 256 numbers"):
        call_command("encoder", "choose", "--name", f"slim+{PLAIN}")
    assert spaces.active().encoder == PLAIN


@pytest.mark.parametrize("name", [f"{MULTILINGUAL}+narrow", "narrow+one"])
def test_a_pair_with_another_width_is_refused(towers: Path, name: str) -> None:
    with pytest.raises(CommandError, match="256"):
        call_command("encoder", "choose", "--name", name)
    with pytest.raises(EncoderUnavailable, match="No encoder is chosen"):
        spaces.active()


def test_pictures_wait_while_their_model_cannot_be_read(
    embedded: EmbeddingSpace, towers: Path, make_derived: MakeDerived
) -> None:
    choose(MULTILINGUAL)
    loader.forget_all()
    image = make_derived(next_attempt_at="2020-01-01T00:00Z")
    encoder: Any = spaces.encoder_of(spaces.active())
    (towers / PLAIN / "model.safetensors").write_bytes(b"")
    assert not encoder.pictures.is_loaded
    assert embed_backlog() == 0
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.DERIVED, 0)
    assert "cannot be loaded" in image.error_message


def test_the_choice_is_confirmed_at_the_next_start(embedded: EmbeddingSpace) -> None:
    choose(MULTILINGUAL)
    assert choose("auto").encoder == MULTILINGUAL
    assert choose(MULTILINGUAL) == embedded
