"""Start, pause, resume and end the backfill of a space."""

from __future__ import annotations

import logging

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import BackfillNotPaused, BackfillNotRunning
from gallery.embeddings import spaces
from gallery.jobs import states
from gallery.models import BackfillItem, EmbeddingSpace, SpaceBackfill

log = logging.getLogger(__name__)


@transaction.atomic
def start(space: EmbeddingSpace, *, switch_when_complete: bool | None = None) -> EmbeddingSpace:
    """Backfill the space beside the active one. The backfill of another space ends.

    If this space has a backfill already, it continues. None keeps its ``switch_when_complete``; a
    new backfill then switches. Raises ``SpaceBeingDeleted``.
    """
    space = spaces.lock(space)
    if space.active:
        return space
    SpaceBackfill.objects.exclude(space=space).end()
    _, is_new = SpaceBackfill.objects.get_or_create(space=space)
    if is_new:
        log.info("embedding space %s: backfill started: %s", space.pk, space.reason)
    if switch_when_complete is not None:
        SpaceBackfill.objects.update(switch_when_complete=switch_when_complete)
    hint(Stage.BACKFILL)
    return EmbeddingSpace.objects.get(pk=space.pk)


def end() -> None:
    """End the backfill, if there is one. The space keeps the vectors that it has."""
    SpaceBackfill.objects.all().end()


def pause(space: EmbeddingSpace) -> None:
    """The batch that is being encoded is still stored. Raises ``BackfillNotRunning``."""
    job = SpaceBackfill.objects.filter(space=space).first()
    if job is None or not states.pause(job):
        raise BackfillNotRunning(f"No backfill of {space} is running.", space=str(space))


@transaction.atomic
def resume(space: EmbeddingSpace) -> None:
    """Continue a paused backfill, and retry what was skipped. Raises ``BackfillNotPaused``."""
    job = SpaceBackfill.objects.filter(space=space).first()
    if job is None or not states.resume(job, attempts=0, lease_until=None):
        raise BackfillNotPaused(f"The backfill of {space} is not paused.", space=str(space))
    BackfillItem.objects.filter(backfill=job, skipped=True).delete()
    hint(Stage.BACKFILL)
