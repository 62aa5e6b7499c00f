"""Work on an index that a person has requested, for a worker: a failure is recorded in its row."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError

from gallery.core.errors import ExtensionTooOld
from gallery.models import EmbeddingSpace, IndexFailure
from gallery.operations import index_keeper

log = logging.getLogger(__name__)


def build(space_id: int) -> None:
    _do(index_keeper.rebuild, space_id)


def calibrate(space_id: int) -> None:
    _do(index_keeper.calibrate, space_id)


def drop(space_id: int) -> None:
    _do(index_keeper.drop, space_id)


def _do(work: Callable[[EmbeddingSpace], object], space_id: int) -> None:
    """Nothing is done if the space was deleted since the request."""
    space = EmbeddingSpace.objects.filter(pk=space_id, dropping=False).first()
    if space is None:
        return
    try:
        work(space)
    except (DatabaseError, ExtensionTooOld) as error:
        log.warning("the index of embedding space %s cannot be built: %s", space.pk, error)
        detail = " ".join(str(error).split())[:300]
        IndexFailure.objects.update_or_create(space=space, defaults={"detail": detail})
