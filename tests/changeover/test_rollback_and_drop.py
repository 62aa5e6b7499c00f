"""Rolling back, restarts after a change of encoder, and deleting a space."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from gallery.changeover import drop
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.changeover.switch import roll_back
from gallery.core.errors import (
    EncoderMismatch,
    EncoderUnavailable,
    NoEarlierSpace,
    SpaceActive,
    SpaceBeingDeleted,
)
from gallery.embeddings import spaces
from gallery.embeddings.coverage import awaiting_first_vector
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader
from gallery.models import Embedding, EmbeddingSpace, Image, SpaceBackfill, State
from gallery.models.locks import Lock
from gallery.operations import index_keeper
from tests.changeover.steps import LONG, change_over, states
from tests.embeddings.conftest import MakeDerived, MakeSearchable, upgrade
from tests.encoders.loading import load
from tests.encoders.tiny_texts import make_tiny_texts
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db


def test_a_rollback_needs_no_second_backfill(
    space: EmbeddingSpace, make_searchable: MakeSearchable
) -> None:
    make_searchable(2)
    other = choose("two")
    change_over()
    assert roll_back() == space
    assert states() == {"one": "active", "two": "kept"}
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    assert roll_back() == other


def test_later_uploads_are_embedded_after_a_rollback(
    space: EmbeddingSpace, make_searchable: MakeSearchable, make_derived: MakeDerived
) -> None:
    make_searchable(2)
    choose("two")
    change_over()
    upload = make_derived()
    embed_backlog()
    roll_back()
    assert awaiting_first_vector(space) == 1
    embed_backlog()
    assert Embedding.objects.filter(space=space, image=upload).exists()


def test_a_rollback_to_changed_weights_is_refused(
    make_searchable: MakeSearchable, site_models: Path
) -> None:
    make_searchable(1)
    choose("two")
    change_over()
    loader.forget_all()
    upgrade(site_models / "one")
    with pytest.raises(EncoderMismatch):
        roll_back()
    assert spaces.active().encoder == "two"


def test_a_rollback_loads_the_model_for_texts(
    make_searchable: MakeSearchable, site_models: Path
) -> None:
    texts = make_tiny_texts(site_models / "texts")
    make_searchable(1)
    choose("texts+one")
    choose("two")
    change_over()
    loader.forget_all()
    for weights in texts.rglob("*.safetensors"):
        weights.write_bytes(b"")
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        roll_back()
    assert spaces.active().encoder == "two"


def test_a_rollback_needs_an_earlier_space(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    choose("two")
    with pytest.raises(NoEarlierSpace):
        roll_back()


def test_the_setting_does_not_undo_a_change(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    choose("two")
    change_over()
    space = choose("one", by_setting=True)
    assert (space.encoder, SpaceBackfill.objects.current()) == ("two", None)
    assert "encoder choose --name one" in space.reason
    assert choose("one").state == "backfilling"


def test_a_restart_keeps_the_choice_to_switch(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    choose("two", switch_when_complete=False)
    assert choose("two", by_setting=True).backfill.switch_when_complete is False
    assert choose("two", switch_when_complete=True).backfill.switch_when_complete is True


def test_a_restart_does_not_resume_a_replaced_backfill(
    make_searchable: MakeSearchable, site_models: Path
) -> None:
    make_searchable(1)
    choose("two")
    shutil.copytree(site_models / "two", site_models / "three")
    upgrade(site_models / "three")
    third = choose("three")
    assert choose("two", by_setting=True).encoder == "one"
    assert SpaceBackfill.objects.get().space == third


def test_a_restart_survives_a_space_being_deleted(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    old = spaces.active()
    choose("two")
    change_over()
    drop.drop(old)
    assert choose("one", by_setting=True).encoder == "two"


def test_a_new_setting_starts_a_backfill(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    assert choose("two", by_setting=True).state == "backfilling"


@pytest.mark.django_db(transaction=True)
def test_a_deleted_space_leaves_nothing_behind(make_searchable: MakeSearchable) -> None:
    images = make_searchable(5)
    old, other = spaces.active(), choose("two")
    change_over()
    drop.drop(old)
    assert states() == {"one": "dropping", "two": "active"}
    assert drop.finish() == 1
    assert not EmbeddingSpace.objects.filter(pk=old.pk).exists()
    assert Embedding.objects.filter(space=other).count() == len(images)
    assert Embedding.objects.count() == len(images)
    assert drop.finish() == 0


@pytest.mark.django_db(transaction=True)
def test_a_space_is_deleted_after_a_running_build(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    old, _ = spaces.active(), choose("two")
    change_over()
    drop.drop(old)
    with held_elsewhere(Lock.BUILD_INDEX):
        assert drop.finish() == 0
    assert EmbeddingSpace.objects.filter(pk=old.pk).exists()
    assert index_keeper.rebuild(old) is None
    assert drop.finish() == 1


def test_the_active_space_cannot_be_deleted(space: EmbeddingSpace) -> None:
    with pytest.raises(SpaceActive):
        drop.drop(space)
    assert spaces.active() == space


def test_a_space_being_deleted_cannot_be_used(make_searchable: MakeSearchable) -> None:
    make_searchable(1)
    old = spaces.active()
    choose("two")
    change_over()
    drop.drop(old)
    with pytest.raises(NoEarlierSpace):
        roll_back()
    with pytest.raises(SpaceBeingDeleted):
        choose("one")
    assert spaces.active().encoder == "two"


def test_a_batch_for_a_deleted_space_is_discarded(
    make_searchable: MakeSearchable, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_searchable(2)
    other = choose("two")
    encoder = load("two")
    encode_images = encoder.encode_images

    def drop_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        drop.drop(other)
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", drop_meanwhile)
    assert backfill(LONG) is False
    assert not Embedding.objects.filter(space=other).exists()
