"""The commands that change the encoder of a database with pictures, and what they say."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from gallery.embeddings.fill import fill

from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog
from gallery.models import EmbeddingSpace, FillJob
from gallery.operations import changeover
from tests.embeddings.conftest import MakeDerived, MakeFound, spoil

pytestmark = pytest.mark.django_db


def encoder(*arguments: str) -> str:
    out = io.StringIO()
    call_command("encoder", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def changed(make_found: MakeFound, at_once: None) -> None:
    """From ``one`` to ``two``, with two pictures."""
    make_found(2)
    spaces.choose("two")
    changeover.carry_on(600)


def test_choose_says_that_the_old_encoder_answers_meanwhile(make_found: MakeFound) -> None:
    make_found(2)
    assert encoder("choose", "--name", "two") == (
        "encoder: two — asked for by name; filling, 0 of 2 ready images (0.0 %); "
        "one answers until it is full\n"
    )


def test_choosing_the_encoder_that_answers_ends_the_change_and_keeps_what_is_filled(
    make_found: MakeFound, at_once: None
) -> None:
    make_found(6)
    encoder("choose", "--name", "two")
    fill(0)
    told = encoder("choose", "--name", "one")
    assert "The change to two has ended at 4 of 6 ready images (66.6 %), which is kept." in told
    changeover.carry_on(600)
    assert spaces.active().encoder == "one"
    told = encoder("choose", "--name", "two")
    assert "filling, 4 of 6" in told
    changeover.carry_on(600)
    assert spaces.active().encoder == "two"


def test_a_start_with_the_setting_of_the_encoder_that_answers_ends_no_change(
    make_found: MakeFound, gallery_setting: Any
) -> None:
    make_found(6)
    encoder("choose", "--name", "two")
    gallery_setting(encoder="one")
    assert "ended" not in encoder("choose")
    assert spaces.filling() is not None


def test_show_lists_the_spaces_with_phase_coverage_and_time_left(make_found: MakeFound) -> None:
    make_found(6)
    encoder("choose", "--name", "two")
    fill(0)
    told = encoder("show")
    for words in (", active", "6 of 6", ", filling", "4 of 6 ready images (66.6 %)", "time left"):
        assert words in told
    assert told.index(", active") < told.index(", filling")


@pytest.mark.parametrize(
    ("how", "words"), [([], "by itself"), (["--no-switch"], "when asked for: `encoder switch`")]
)
def test_show_says_what_a_full_space_waits_for(
    make_found: MakeFound, how: list[str], words: str
) -> None:
    make_found(2)
    encoder("choose", "--name", "two", *how)
    fill(600)
    told = encoder("show")
    assert "time left:   none, every picture is there" in told
    assert f"switch:      {words}" in told


def test_show_tells_of_skipped_pictures_and_of_trouble(make_found: MakeFound) -> None:
    image = make_found(2)[0]
    encoder("choose", "--name", "two")
    other = EmbeddingSpace.objects.get(encoder="two")
    FillJob.objects.create(space=other, image=image, skipped=True)
    EmbeddingSpace.objects.filter(pk=other.pk).update(trouble="The model is gone.")
    told = encoder("show")
    assert "skipped:     1" in told
    assert "The model is gone." in told


def test_pausing_and_resuming_say_how_far_it_is(make_found: MakeFound) -> None:
    make_found(6)
    encoder("choose", "--name", "two")
    fill(0)
    assert encoder("pause") == ("The filling of two is paused at 4 of 6 ready images (66.6 %).\n")
    assert ", paused" in encoder("show")
    assert encoder("resume").startswith("The filling of two goes on at 4 of 6")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("pause", "No space is being filled"),
        ("resume", "No space is being filled"),
        ("switch", "No space is being filled"),
        ("rollback", "No earlier embedding space"),
    ],
)
def test_what_cannot_be_done_now_is_said(space: EmbeddingSpace, command: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        encoder(command)


def test_switching_by_hand_when_the_space_is_full(make_found: MakeFound) -> None:
    make_found(6)
    encoder("choose", "--name", "two", "--no-switch")
    fill(0)
    with pytest.raises(CommandError, match="have no vector of two yet: 2"):
        encoder("switch")
    fill(600)
    assert encoder("switch") == "Searches are answered with two now; one is kept.\n"


def test_rolling_back_says_what_is_embedded_again(changed: None, make_derived: MakeDerived) -> None:
    make_derived()
    embed_backlog()
    assert encoder("rollback").splitlines() == [
        "Searches are answered with one again; two is kept.",
        "Pictures that came since, found as they are embedded: 1.",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["name", "number"])
def test_dropping_takes_a_name_or_a_number(changed: None, by: str) -> None:
    old = EmbeddingSpace.objects.get(encoder="one")
    told = encoder("drop", "one" if by == "name" else str(old.pk))
    assert told == f"Space {old.pk} of one is gone, with its vectors and its index.\n"
    assert [space.encoder for space in EmbeddingSpace.objects.all()] == ["two"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [("two", "answers searches"), ("three", "no space three"), ("99", "no space")],
)
def test_dropping_refuses_the_active_space_and_unknown_ones(
    changed: None, asked: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        encoder("drop", asked)


def test_changed_weights_are_taken_at_once_and_the_gap_is_said(
    make_found: MakeFound, site_models: Any
) -> None:
    make_found(2)
    spoil(site_models / "one")
    assert encoder("choose") == (
        "encoder: one — its weights have changed; "
        "pictures that have no vector of it yet, found as they come: 2\n"
    )


def test_a_setting_that_names_another_model_is_pointed_out(
    space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(encoder="one")
    assert "GALLERY_ENCODER still names one" in encoder("choose", "--name", "two")
