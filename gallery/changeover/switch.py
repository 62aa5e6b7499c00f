"""Switch to a complete space, and roll back to the one before."""

from __future__ import annotations

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import NoEarlierSpace, SpaceIncomplete
from gallery.embeddings import coverage, spaces
from gallery.encoders import towers
from gallery.models import EmbeddingSpace, SpaceBackfill


def switch(space: EmbeddingSpace, *, automatic: bool = False) -> EmbeddingSpace:
    """Make a complete space active; the space before is kept as it is.

    A switch by a person loads the model for texts first, to make sure that it works. An
    ``automatic`` switch does nothing if its backfill was paused or ended meanwhile.
    Raises ``SpaceIncomplete``, ``SpaceBeingDeleted`` and the errors of ``spaces.encoder_of``.
    """
    if not automatic:
        towers.load(spaces.encoder_of(space), pictures=False)
    try:
        return _switch(space, automatic)
    except SpaceIncomplete:
        # Scan for the missing images now, not when the next scan would be due.
        SpaceBackfill.objects.filter(space=space).update(scanned_at=None)
        hint(Stage.BACKFILL)
        raise


@transaction.atomic
def _switch(space: EmbeddingSpace, automatic: bool) -> EmbeddingSpace:
    """Count with the spaces locked, so that the count still holds when the switch is made."""
    target = spaces.lock(space)
    switching = SpaceBackfill.objects.to_switch().filter(space=target).select_for_update()
    if target.active or (automatic and not switching.exists()):
        return target
    if missing := coverage.outstanding(target).count():
        message = f"Pictures that have no vector of {target} yet: {missing}."
        raise SpaceIncomplete(message, space=str(target), missing=missing)
    return spaces.activate(target)


def previous() -> EmbeddingSpace | None:
    """The space that was active before, if it is kept."""
    earlier = EmbeddingSpace.objects.unused().filter(activated_at__isnull=False)
    return earlier.order_by("-activated_at", "-pk").first()


def roll_back() -> EmbeddingSpace:
    """Make the previous space active at once. Images uploaded since are embedded in it again.

    Loads the model for texts first. Raises ``NoEarlierSpace`` and like ``spaces.encoder_of``.
    """
    space = previous()
    if space is None:
        raise NoEarlierSpace("There is no earlier embedding space to roll back to.")
    towers.load(spaces.encoder_of(space), pictures=False)
    return spaces.activate(space)
