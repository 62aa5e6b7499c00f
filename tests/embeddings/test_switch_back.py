"""Back to the space before, what a restart makes of it, and giving a space up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from gallery.embeddings.fill import fill

from gallery.core.errors import EncoderMismatch
from gallery.embeddings import drop, progress, spaces, switch
from gallery.embeddings.embed import embed_backlog
from gallery.encoders import loader
from gallery.models import Embedding, EmbeddingSpace, Image, Phase, State
from gallery.operations import changeover
from tests.embeddings.conftest import MakeDerived, MakeFound, spoil

pytestmark = pytest.mark.django_db

LONG = 600.0


def change_over() -> None:
    for _ in range(3):
        changeover.carry_on(LONG)


def phases() -> dict[str, str]:
    return {space.encoder: space.phase for space in EmbeddingSpace.objects.all()}


def test_a_rollback_is_one_step_and_needs_no_second_embedding(
    space: EmbeddingSpace, make_found: MakeFound, at_once: None
) -> None:
    make_found(2)
    other = spaces.choose("two")
    change_over()
    assert changeover.roll_back() == space
    assert phases() == {"one": "active", "two": "kept"}
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    assert changeover.roll_back() == other


def test_after_a_rollback_what_came_since_is_embedded_in_the_old_space(
    space: EmbeddingSpace, make_found: MakeFound, make_derived: MakeDerived, at_once: None
) -> None:
    make_found(2)
    spaces.choose("two")
    change_over()
    upload = make_derived()
    embed_backlog()
    changeover.roll_back()
    assert progress.waiting(space) == 1
    embed_backlog()
    assert Embedding.objects.filter(space=space, image=upload).exists()


def test_a_rollback_to_an_encoder_that_is_another_by_now_is_refused(
    make_found: MakeFound, at_once: None, site_models: Path
) -> None:
    make_found(1)
    spaces.choose("two")
    change_over()
    loader._loaded.clear()
    spoil(site_models / "one")
    with pytest.raises(EncoderMismatch):
        changeover.roll_back()
    assert spaces.active().encoder == "two"


def test_there_is_nothing_to_roll_back_to_at_first(make_found: MakeFound) -> None:
    make_found(1)
    spaces.choose("two")
    with pytest.raises(switch.NotNow, match="No earlier"):
        changeover.roll_back()


def test_a_setting_that_names_a_space_that_was_left_does_not_go_back_to_it(
    make_found: MakeFound, at_once: None
) -> None:
    make_found(1)
    spaces.choose("two")
    change_over()
    stayed = spaces.choose("one", by_setting=True)
    assert (stayed.encoder, spaces.filling()) == ("two", None)
    assert "encoder choose --name one" in stayed.reason
    assert spaces.choose("one").phase == Phase.FILLING


def test_a_restart_with_the_setting_keeps_what_was_asked_for_by_hand(make_found: MakeFound) -> None:
    make_found(1)
    spaces.choose("two", switch_when_full=False)
    assert spaces.choose("two", by_setting=True).switch_when_full is False
    assert spaces.choose("two", switch_when_full=True).switch_when_full is True


def test_a_restart_with_the_setting_does_not_return_to_a_filling_that_was_given_up(
    make_found: MakeFound, site_models: Path
) -> None:
    make_found(1)
    spaces.choose("two")
    shutil.copytree(site_models / "two", site_models / "three")
    spoil(site_models / "three")
    third = spaces.choose("three")
    assert spaces.choose("two", by_setting=True).encoder == "one"
    assert spaces.filling() == third


def test_a_restart_while_the_space_of_the_setting_is_being_dropped_is_no_failure(
    make_found: MakeFound, at_once: None
) -> None:
    make_found(1)
    old = spaces.active()
    spaces.choose("two")
    change_over()
    drop.drop(old)
    assert spaces.choose("one", by_setting=True).encoder == "two"


def test_a_new_name_in_the_setting_begins_a_change(make_found: MakeFound) -> None:
    make_found(1)
    assert spaces.choose("two", by_setting=True).phase == Phase.FILLING


@pytest.mark.django_db(transaction=True)
def test_a_dropped_space_leaves_nothing_behind(
    make_found: MakeFound, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop, "_ROWS", 2)
    images = make_found(5)
    old, other = spaces.active(), spaces.choose("two")
    change_over()
    drop.drop(old)
    assert phases() == {"one": "dropping", "two": "active"}
    assert drop.finish() == 1
    assert not EmbeddingSpace.objects.filter(pk=old.pk).exists()
    assert Embedding.objects.filter(space=other).count() == len(images)
    assert Embedding.objects.count() == len(images)
    assert drop.finish() == 0


def test_the_space_that_answers_is_not_dropped(space: EmbeddingSpace) -> None:
    with pytest.raises(switch.NotNow, match="answers searches"):
        drop.drop(space)
    assert spaces.active() == space


def test_a_space_that_is_being_dropped_does_not_come_back(
    make_found: MakeFound, at_once: None
) -> None:
    make_found(1)
    old = spaces.active()
    spaces.choose("two")
    change_over()
    drop.drop(old)
    for attempt in (changeover.roll_back, lambda: spaces.choose("one")):
        with pytest.raises(switch.NotNow):
            attempt()
    assert spaces.active().encoder == "two"


def test_a_batch_for_a_space_that_is_dropped_meanwhile_is_thrown_away(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(2)
    other = spaces.choose("two")
    encoder = loader.load("two")
    encode_images = encoder.encode_images

    def drop_meanwhile(pictures: list[PIL.Image.Image]) -> Any:
        drop.drop(other)
        return encode_images(pictures)

    monkeypatch.setattr(encoder, "encode_images", drop_meanwhile)
    assert fill(LONG) is False
    assert not Embedding.objects.filter(space=other).exists()
