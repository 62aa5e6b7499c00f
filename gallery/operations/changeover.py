"""The way from one encoder to the next: fill, build the index, switch over."""

from __future__ import annotations

import logging

from django.utils import timezone

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import (
    anticipate,
    fill,
    load_attempts,
    progress,
    spaces,
    switch,
    trouble,
)
from gallery.models import EmbeddingSpace, Fill, Trouble
from gallery.operations import index_keeper

log = logging.getLogger(__name__)

# A worker that is told to stop finishes its slice, and is given ten seconds for that.
_SLICE_SECONDS = 7.0


def carry_on(seconds: float = _SLICE_SECONDS) -> None:
    """Take the change of encoder one step further; nothing when there is none.

    Called again and again (by itself while there is work, and by the clock), by any number of
    workers, and killed at any moment.
    """
    space = spaces.filling()
    if space is None or _waits(space):
        return
    more = fill.fill(seconds)
    space = spaces.filling()
    if space is None:
        return
    if more:
        hint(Stage.FILL)
    elif not progress.left(space):
        _complete(space)


def switch_over(space: EmbeddingSpace) -> EmbeddingSpace:
    """As ``switch.switch``, and never to an encoder that cannot be loaded."""
    spaces.encoder_of(space)
    return _switched(space)


def roll_back() -> EmbeddingSpace:
    """As ``switch.rollback``, and never to an encoder that cannot be loaded."""
    if (space := switch.previous()) is not None:
        spaces.encoder_of(space)
    return switch.rollback()


def _waits(space: EmbeddingSpace) -> bool:
    """Full and to be switched by hand: nothing is asked of the database until a picture comes."""
    full = space.full_at is not None and progress.looked_lately(space)
    return full and not space.switch_when_full and not progress.left(space)


def _switched(space: EmbeddingSpace) -> EmbeddingSpace:
    try:
        return switch.switch(space)
    except switch.NotNow:
        # What is missing is looked for now, and not when it would have been the time.
        EmbeddingSpace.objects.filter(pk=space.pk).update(looked_at=None)
        hint(Stage.FILL)
        raise


def _complete(space: EmbeddingSpace) -> None:
    if space.full_at is None:
        rows = EmbeddingSpace.objects.filter(pk=space.pk, fill=Fill.RUNNING, full_at=None)
        rows.update(full_at=timezone.now())
        space.refresh_from_db()
    if index_keeper.due(space):
        hint(Stage.KEEP_INDEX)
    elif space.switch_when_full and anticipate.ready(space):
        _switch(space)


def _switch(space: EmbeddingSpace) -> None:
    try:
        if load_attempts.load(space, pictures=True) is not None:
            _switched(space)
    except switch.NotNow as error:
        # An upload came between: the next slice fills it in.
        log.info("the switch to embedding space %s waits: %s", space.pk, error)
    except (EncoderUnavailable, EncoderMismatch) as error:
        trouble.tell(space, Trouble.ENCODER, error.message)
