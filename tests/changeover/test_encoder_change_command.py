"""The commands that change the encoder of a database with pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog
from gallery.jobs import problems
from gallery.models import BackfillItem, EmbeddingSpace, SpaceBackfill
from tests.embeddings.conftest import MakeDerived, MakeSearchable, upgrade

pytestmark = pytest.mark.django_db


def encoder(*arguments: str) -> str:
    out = io.StringIO()
    call_command("encoder", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def changed(make_searchable: MakeSearchable) -> None:
    """From ``one`` to ``two``, with two pictures."""
    make_searchable(2)
    choose("two")
    run(600)


def test_choose_names_the_encoder_that_answers_meanwhile(
    make_searchable: MakeSearchable,
) -> None:
    make_searchable(2)
    assert encoder("choose", "--name", "two") == (
        "encoder: two — chosen by name; backfilling, 0 of 2 pictures (0.0 %); "
        "one answers until it is complete\n"
    )


def test_choosing_the_active_encoder_ends_the_backfill(
    make_searchable: MakeSearchable,
) -> None:
    make_searchable(6)
    encoder("choose", "--name", "two")
    backfill(0)
    output = encoder("choose", "--name", "one")
    assert "The backfill of two has ended at 4 of 6 pictures (66.6 %); it is kept." in output
    run(600)
    assert spaces.active().encoder == "one"
    assert "backfilling, 4 of 6" in encoder("choose", "--name", "two")
    run(600)
    assert spaces.active().encoder == "two"


def test_a_restart_ends_no_backfill(make_searchable: MakeSearchable, gallery_setting: Any) -> None:
    make_searchable(6)
    encoder("choose", "--name", "two")
    gallery_setting(encoder="one")
    assert "ended" not in encoder("choose")
    assert SpaceBackfill.objects.running() is not None


def test_show_lists_spaces_with_their_progress(
    make_searchable: MakeSearchable,
) -> None:
    make_searchable(6)
    encoder("choose", "--name", "two")
    backfill(0)
    output = encoder("show")
    for text in (", active", "6 of 6", ", backfilling", "4 of 6 pictures (66.6 %)", "time left"):
        assert text in output
    assert output.index(", active") < output.index(", backfilling")


@pytest.mark.parametrize(
    ("options", "text"), [([], "automatic"), (["--no-switch"], "with `bin/manage encoder switch`")]
)
def test_show_says_how_the_switch_happens(
    make_searchable: MakeSearchable, options: list[str], text: str
) -> None:
    make_searchable(2)
    encoder("choose", "--name", "two", *options)
    backfill(600)
    output = encoder("show")
    assert "time left:   done" in output
    assert f"switch:      {text}" in output


def test_show_names_skipped_pictures_and_the_problem(make_searchable: MakeSearchable) -> None:
    image = make_searchable(2)[0]
    encoder("choose", "--name", "two")
    job = SpaceBackfill.objects.get()
    BackfillItem.objects.create(backfill=job, image=image, skipped=True)
    problems.report(job, SpaceBackfill.Problem.MODEL_UNAVAILABLE, detail="The model is gone.")
    output = encoder("show")
    assert "skipped:     1" in output
    assert "problem:     The model cannot be loaded: The model is gone." in output


def test_pausing_and_resuming_print_the_progress(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    encoder("choose", "--name", "two")
    backfill(0)
    assert encoder("pause") == ("The backfill of two is paused at 4 of 6 pictures (66.6 %).\n")
    assert ", paused" in encoder("show")
    assert encoder("resume").startswith("The backfill of two continues at 4 of 6")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("pause", "There is no backfill"),
        ("resume", "There is no backfill"),
        ("switch", "There is no backfill"),
        ("rollback", "no earlier embedding space"),
    ],
)
def test_impossible_commands_are_refused(space: EmbeddingSpace, command: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        encoder(command)


def test_switching_by_hand_needs_a_complete_space(make_searchable: MakeSearchable) -> None:
    make_searchable(6)
    encoder("choose", "--name", "two", "--no-switch")
    backfill(0)
    with pytest.raises(CommandError, match="have no vector of two yet: 2"):
        encoder("switch")
    backfill(600)
    assert encoder("switch") == "two is active now; one is kept.\n"


def test_a_rollback_counts_the_pictures_to_embed(changed: None, make_derived: MakeDerived) -> None:
    make_derived()
    embed_backlog()
    assert encoder("rollback").splitlines() == [
        "one is active again; two is kept.",
        "Pictures uploaded since, found when they are embedded: 1.",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["name", "number"])
def test_dropping_takes_a_name_or_a_number(changed: None, by: str) -> None:
    old = EmbeddingSpace.objects.get(encoder="one")
    output = encoder("drop", "one" if by == "name" else str(old.pk))
    assert output == f"Space {old.pk} of one is deleted, with its vectors and its index.\n"
    assert [space.encoder for space in EmbeddingSpace.objects.all()] == ["two"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [("two", "is in use"), ("three", "no space three"), ("99", "no space")],
)
def test_active_and_unknown_spaces_are_not_deleted(
    changed: None, chosen: str, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        encoder("drop", chosen)


def test_changed_weights_take_effect_at_once(
    make_searchable: MakeSearchable, site_models: Any
) -> None:
    make_searchable(2)
    upgrade(site_models / "one")
    assert encoder("choose") == (
        "encoder: one — its weights have changed; pictures still to embed: 2\n"
    )


def test_a_setting_with_another_model_is_mentioned(
    space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(encoder="one")
    assert "GALLERY_ENCODER still names one" in encoder("choose", "--name", "two")
