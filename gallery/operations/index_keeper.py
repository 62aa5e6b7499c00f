"""When to build the vector index: not before there are rows to train it, again when it aged."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.embeddings import drop as drop_space
from gallery.embeddings import trouble
from gallery.models import Embedding, EmbeddingSpace, Fill, IndexBuild, Trouble
from gallery.vectorindex import build

log = logging.getLogger(__name__)

# Centroids are frozen at build time; after this growth they describe another collection.
_GROWTH = 2
_LOCK = 0x5EA6C4
# After a failure; by then the clock has asked again and again.
_PAUSE = timedelta(minutes=5)


def keep() -> IndexBuild | None:
    """Build or rebuild the active space's index if that is due, and that of the space about to
    follow it; None when nothing was done. Spaces that were given up are removed here too.

    One keeper works at a time (advisory lock); searches and uploads go on.
    """
    drop_space.finish()
    made = None
    full = EmbeddingSpace.objects.filter(fill=Fill.RUNNING, full_at__isnull=False)
    for space in (*EmbeddingSpace.objects.filter(active=True), *full):
        if built := _keep(space):
            made = built
            if not space.active:
                hint(Stage.FILL)
    return made


def _keep(space: EmbeddingSpace) -> IndexBuild | None:
    """One space's failure is told in its row, and holds no other space up."""
    if _failed_lately(space):
        return None
    try:
        if not due(space):
            trouble.over(space, Trouble.INDEX)
            return None
        return rebuild(space)
    except DatabaseError as error:
        trouble.tell(space, Trouble.INDEX, str(error))
        return None


def _failed_lately(space: EmbeddingSpace) -> bool:
    if space.trouble_code != Trouble.INDEX or space.trouble_at is None:
        return False
    return timezone.now() - space.trouble_at < _PAUSE


def rebuild(space: EmbeddingSpace) -> IndexBuild | None:
    """Build now; None when another keeper is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (held,) = cursor.fetchone() or (False,)
        if not held:
            return None
        try:
            made = build.build(space)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    trouble.over(space, Trouble.INDEX)
    log.info("index %s: %s rows, %s lists", made.name, made.rows, made.lists)
    return made


def drop(space: EmbeddingSpace) -> None:
    build.drop(space)


def due(space: EmbeddingSpace) -> bool:
    index = IndexBuild.objects.filter(space=space).first()
    enough = config().index_min_rows if index is None else index.rows * _GROWTH
    return Embedding.objects.filter(space=space)[:enough].count() >= enough
