"""Create and drop the ivfflat index of one space, without locking writers out."""

from __future__ import annotations

import math

from django.db import connection

from gallery.core.config import config
from gallery.models import Embedding, EmbeddingSpace, IndexBuild

_MAINTENANCE_MEMORY = "1GB"
# The centroids of the lists do not change after the build. After this growth they describe
# another collection.
_GROWTH = 2


def is_due(space: EmbeddingSpace) -> bool:
    """Whether the space has enough vectors for its first index, or twice as many as it indexed."""
    index = IndexBuild.objects.filter(space=space).first()
    enough = config().index_min_rows if index is None else index.rows * _GROWTH
    return Embedding.objects.filter(space=space)[:enough].count() >= enough


def lists_for(rows: int) -> int:
    """The square root of rows, at every size.

    pgvector's README suggests rows / 1000 below a million; at 100,000 rows more and smaller lists
    gave a better recall for the same time (docs/benchmarks.md).
    """
    return max(1, round(math.sqrt(rows)))


def probes_for(lists: int) -> int:
    """15 % of the lists, at least ten: recall@10 of 0.987 for text-like queries (measured)."""
    return min(lists, max(10, math.ceil(lists * 0.15)))


def build(space: EmbeddingSpace) -> IndexBuild:
    """Build (or rebuild) the space's index from the rows that exist now.

    Must run outside a transaction: ``CREATE INDEX CONCURRENTLY``. The old index serves until the
    new one is valid; an invalid leftover of a killed build is dropped first.
    """
    rows = Embedding.objects.filter(space=space).count()
    lists = lists_for(rows)
    drop_leftovers(space)
    name = _free_name(space)
    with connection.cursor() as cursor:
        cursor.execute(f"SET maintenance_work_mem = '{_MAINTENANCE_MEMORY}'")
        try:
            cursor.execute(
                f'CREATE INDEX CONCURRENTLY "{name}" ON gallery_embedding'
                f" USING ivfflat (vector vector_cosine_ops) WITH (lists = {lists})"
                f" WHERE space_id = {int(space.pk)}"
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
    old = IndexBuild.objects.filter(space=space).first()
    made, _ = IndexBuild.objects.update_or_create(
        space=space,
        defaults={"name": name, "lists": lists, "probes": probes_for(lists), "rows": rows},
    )
    if old:
        _drop(old.name)
    return made


def drop(space: EmbeddingSpace) -> None:
    """Back to exact search."""
    IndexBuild.objects.filter(space=space).delete()
    for name in _standing(space):
        _drop(name)


def drop_leftovers(space: EmbeddingSpace) -> None:
    """Remove what a killed build left: invalid indexes, and valid ones no row knows of."""
    known = set(IndexBuild.objects.filter(space=space).values_list("name", flat=True))
    for name in _standing(space):
        if name not in known:
            _drop(name)


def _prefix(space: EmbeddingSpace) -> str:
    return f"embedding_ivfflat_{int(space.pk)}_"


def _free_name(space: EmbeddingSpace) -> str:
    taken = set(_standing(space))
    return next(n for n in (f"{_prefix(space)}{i}" for i in range(1000)) if n not in taken)


def _standing(space: EmbeddingSpace) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = 'gallery_embedding'::regclass"
            " AND starts_with(c.relname::text, %s)",
            [_prefix(space)],
        )
        return [name for (name,) in cursor.fetchall()]


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
