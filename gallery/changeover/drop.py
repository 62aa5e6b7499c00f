"""Delete a space: its index, its vectors and its row, in steps that do not slow searches down."""

from __future__ import annotations

import logging

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import SpaceActive
from gallery.models import Embedding, EmbeddingSpace, SpaceBackfill
from gallery.models.locks import Lock, if_free, waiting_for
from gallery.vectorindex import build

log = logging.getLogger(__name__)


@transaction.atomic
def drop(space: EmbeddingSpace) -> None:
    """Mark the space for deletion; it cannot be used again. Raises ``SpaceActive``."""
    rows = EmbeddingSpace.objects.filter(pk=space.pk, active=False)
    if not rows.update(dropping=True, activated_at=None):
        message = f"The space of {space} is in use. Choose another model first."
        raise SpaceActive(message, space=str(space))
    SpaceBackfill.objects.filter(space=space).end()
    hint(Stage.KEEP_INDEX)


def finish() -> int:
    """Delete the marked spaces, one process at a time; the number of spaces deleted.

    If the process is killed, or a worker builds an index meanwhile, the next call continues.
    """
    with waiting_for(Lock.DROP_SPACE):
        return sum(map(_delete, EmbeddingSpace.objects.filter(dropping=True)))


def _delete(space: EmbeddingSpace) -> int:
    with if_free(Lock.BUILD_INDEX) as is_free:
        if not is_free:  # The index may be one of this space, and its row refers to the space.
            return 0
        build.drop(space)
    while Embedding.objects.delete_some(space):
        pass
    space.delete()
    log.info("embedding space %s (%s) is deleted", space.pk, space.encoder)
    return 1
