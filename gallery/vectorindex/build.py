"""Create and drop the ivfflat index of one space without blocking writes."""

from __future__ import annotations

import math

from django.db import connection

from gallery.core.config import config
from gallery.models import Embedding, EmbeddingSpace, IndexBuild

MAINTENANCE_MEMORY = "1GB"
# The centroids of the lists do not change after the build. After this growth they describe
# another collection.
_GROWTH = 2


def is_due(space: EmbeddingSpace) -> bool:
    """Whether the space has enough vectors for its first index, or twice as many as it indexed."""
    index = IndexBuild.objects.filter(space=space).first()
    enough = config().index_min_rows if index is None else index.rows * _GROWTH
    return Embedding.objects.filter(space=space)[:enough].count() >= enough


def lists_for(rows: int) -> int:
    """The square root of ``rows``.

    pgvector's README suggests rows / 1000 below a million rows. At 100,000 rows, more and smaller
    lists gave a better recall in the same time (docs/benchmarks.md).
    """
    return max(1, round(math.sqrt(rows)))


def probes_for(lists: int) -> int:
    """15 % of the lists, at least ten: a measured recall@10 of 0.987 for text-like queries."""
    return min(lists, max(10, math.ceil(lists * 0.15)))


def build(space: EmbeddingSpace) -> IndexBuild:
    """Build (or rebuild) the space's index from the rows that exist now.

    Must run outside a transaction, because ``CREATE INDEX CONCURRENTLY`` requires it. Searches
    use the old index until the new one is valid. Orphans of killed builds are dropped first.
    """
    rows = Embedding.objects.filter(space=space).count()
    lists = lists_for(rows)
    _drop_orphans(space)
    name = _free_name(space)
    with connection.cursor() as cursor:
        cursor.execute(f"SET maintenance_work_mem = '{MAINTENANCE_MEMORY}'")
        try:
            cursor.execute(
                f'CREATE INDEX CONCURRENTLY "{name}" ON gallery_embedding'
                f" USING ivfflat (vector vector_cosine_ops) WITH (lists = {lists})"
                f" WHERE space_id = {int(space.pk)}"
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
    old = IndexBuild.objects.filter(space=space).first()
    index, _ = IndexBuild.objects.update_or_create(
        space=space,
        defaults={
            "name": name,
            "lists": lists,
            "text_effort": probes_for(lists),
            "picture_effort": probes_for(lists),
            "rows": rows,
        },
    )
    if old:
        _drop(old.name)
    return index


def drop(space: EmbeddingSpace) -> None:
    """Drop all indexes of the space; its searches become exact."""
    IndexBuild.objects.filter(space=space).delete()
    for name in _existing_names(space):
        _drop(name)


def _drop_orphans(space: EmbeddingSpace) -> None:
    """Drop the indexes of killed builds, valid or not: those without an ``IndexBuild`` row."""
    recorded = set(IndexBuild.objects.filter(space=space).values_list("name", flat=True))
    for name in _existing_names(space):
        if name not in recorded:
            _drop(name)


def _prefix(space: EmbeddingSpace) -> str:
    return f"embedding_ivfflat_{int(space.pk)}_"


def _free_name(space: EmbeddingSpace) -> str:
    taken = set(_existing_names(space))
    return next(n for n in (f"{_prefix(space)}{i}" for i in range(1000)) if n not in taken)


def _existing_names(space: EmbeddingSpace) -> list[str]:
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
