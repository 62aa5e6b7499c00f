"""A backfill that is stopped, or a space that is deleted, just before the automatic switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gallery.changeover import control, drop, preload
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace, SpaceBackfill
from tests.embeddings.conftest import MakeSearchable

pytestmark = pytest.mark.django_db

LONG = 600.0


@pytest.fixture
def other(make_searchable: MakeSearchable) -> EmbeddingSpace:
    """The space of ``two``, in which every picture has its vector."""
    make_searchable(2)
    space = choose("two")
    backfill(LONG)
    return space


def before_the_switch(patch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Do something when the model is loaded for the switch, as another process might."""
    encoder_of = preload.encoder_of

    def act_meanwhile(job: SpaceBackfill) -> Any:
        encoder = encoder_of(job)
        if SpaceBackfill.objects.filter(completed_at__isnull=False).exists():
            action()
        return encoder

    patch.setattr(preload, "encoder_of", act_meanwhile)


@pytest.mark.parametrize(
    "stop",
    [
        control.pause,
        lambda space: control.end(),
        lambda space: control.start(space, switch_when_complete=False),
    ],
    ids=["pause", "end", "no switch"],
)
def test_a_stop_during_loading_prevents_the_switch(
    other: EmbeddingSpace,
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[EmbeddingSpace], object],
) -> None:
    before_the_switch(monkeypatch, lambda: stop(other))
    run(LONG)
    assert spaces.active().encoder == "one"


def test_a_space_dropped_before_its_switch_stays_unused(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_switch(monkeypatch, lambda: drop.drop(other))
    run(LONG)
    assert (spaces.active().encoder, EmbeddingSpace.objects.get(pk=other.pk).dropping) == (
        "one",
        True,
    )
