"""Size of a vector index, and the progress of a build, from the statistics of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from gallery.models import EmbeddingSpace
from gallery.vectorindex.names import prefix_of


@dataclass(frozen=True)
class BuildProgress:
    """``phase`` is PostgreSQL's word for it. ``done`` and ``total`` count rows while PostgreSQL
    stores them in their lists; otherwise ``total`` is 0.
    """

    phase: str
    done: int
    total: int

    @property
    def percent(self) -> float | None:
        return round(100 * min(self.done, self.total) / self.total, 1) if self.total else None


def size_of(name: str) -> int:
    """Bytes of the index on the disk; 0 if it does not exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(to_regclass(%s))", [f'"{name}"'])
        (size,) = cursor.fetchone() or (None,)
    return int(size or 0)


def progress_of(space: EmbeddingSpace) -> BuildProgress | None:
    """The build of an index of the space that is running at the moment, in any process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.phase, p.tuples_done, p.tuples_total"
            " FROM pg_stat_progress_create_index p JOIN pg_class c ON c.oid = p.index_relid"
            " WHERE starts_with(c.relname::text, %s)",
            [prefix_of(space)],
        )
        row = cursor.fetchone()
    return None if row is None else BuildProgress(str(row[0]), int(row[1]), int(row[2]))
