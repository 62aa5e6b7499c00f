"""When to build the vector index: not before there are rows to train it, again when it aged."""

from __future__ import annotations

import logging

from django.db import connection

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.embeddings import drop as drop_space
from gallery.models import Embedding, EmbeddingSpace, Fill, IndexBuild
from gallery.vectorindex import build

log = logging.getLogger(__name__)

# Centroids are frozen at build time; after this growth they describe another collection.
_GROWTH = 2
_LOCK = 0x5EA6C4


def keep() -> IndexBuild | None:
    """Build or rebuild the active space's index if that is due, and that of the space about to
    follow it; None when nothing was done. Spaces that were given up are removed here too.

    One keeper works at a time (advisory lock); searches and uploads go on.
    """
    drop_space.finish()
    made = None
    for space in EmbeddingSpace.objects.filter(active=True):
        made = rebuild(space) if due(space) else None
    for space in EmbeddingSpace.objects.filter(fill=Fill.RUNNING, full_at__isnull=False):
        if due(space) and (built := rebuild(space)):
            made = built
            hint(Stage.FILL)
    return made


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
    log.info("index %s: %s rows, %s lists", made.name, made.rows, made.lists)
    return made


def drop(space: EmbeddingSpace) -> None:
    build.drop(space)


def due(space: EmbeddingSpace) -> bool:
    rows = Embedding.objects.filter(space=space).count()
    index = IndexBuild.objects.filter(space=space).first()
    if index is None:
        return rows >= config().index_min_rows
    return rows >= index.rows * _GROWTH
