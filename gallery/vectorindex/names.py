"""Names of the vector indexes of a space, and which index a search uses.

A space can have two indexes for a while: the one in use and one that is being measured. Each has a
number, which ends its name and is part of its predicate. PostgreSQL uses a partial index only for
queries that contain the predicate, so a search chooses the index with ``condition_of``.
"""

from __future__ import annotations

from django.db import connection

from gallery.models import EmbeddingSpace

_MOST = 1000


def prefix_of(space: EmbeddingSpace) -> str:
    return f"embedding_ivfflat_{int(space.pk)}_"


def existing(space: EmbeddingSpace) -> list[str]:
    """All indexes of the space, also those that a killed build has left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = 'gallery_embedding'::regclass"
            " AND starts_with(c.relname::text, %s)",
            [prefix_of(space)],
        )
        return [name for (name,) in cursor.fetchall()]


def free_name(space: EmbeddingSpace) -> str:
    taken = set(existing(space))
    return next(n for n in (f"{prefix_of(space)}{i}" for i in range(_MOST)) if n not in taken)


def condition_of(space_id: int, name: str) -> str:
    """SQL that is true for every row of the space. It is the predicate of the index ``name``.

    PostgreSQL cannot prove that ``NULLIF(...) IS NOT NULL`` is always true here, so it uses the
    index only for a query with the same condition. It assumes that the condition keeps 99.5 % of
    the rows, which leaves its estimates right.
    """
    number = int(name.rpartition("_")[2])
    return f"space_id = {int(space_id)} AND NULLIF(space_id, {-1 - number}) IS NOT NULL"
