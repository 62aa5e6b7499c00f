"""Create and drop the indexes of one space without blocking searches or writes."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import OperationalError, connection
from django.db.models.functions import Now

from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexBuild, IndexKind
from gallery.models.index import USUAL_EXACT_ROWS
from gallery.vectorindex import extension, memory, names

log = logging.getLogger(__name__)

_COLUMN = {
    IndexKind.IVFFLAT: "ivfflat (vector vector_cosine_ops)",
    IndexKind.IVFFLAT_HALF: "ivfflat ((vector::halfvec(512)) halfvec_cosine_ops)",
    IndexKind.HNSW: "hnsw (vector vector_cosine_ops)",
}
# pgvector's limit.
_MOST_LISTS = 32_768


@dataclass(frozen=True)
class Candidate:
    """An index that is ready. Searches use it when ``adopt`` has recorded it.

    ``lists`` is None for HNSW; ``seconds`` is the time of the build.
    """

    space_id: int
    name: str
    kind: IndexKind
    lists: int | None
    rows: int
    seconds: float

    def as_build(self, effort: int = 1) -> IndexBuild:
        """An unsaved row, with which searches can try the index."""
        return IndexBuild(
            space_id=self.space_id, name=self.name, kind=self.kind, lists=self.lists,
            rows=self.rows, text_effort=effort, picture_effort=effort,
        )  # fmt: skip


def usual_lists(rows: int) -> int:
    """Four times the square root of ``rows``: about the best of 100,000 and 1,000,000 rows.

    pgvector's README suggests rows / 1000 below a million rows and the square root above.
    """
    return min(_MOST_LISTS, max(1, round(4 * math.sqrt(rows))))


def usual_effort(kind: IndexKind, lists: int | None) -> int:
    """Until an index is calibrated: a tenth of the lists, at least ten; 200 for HNSW.

    With 1,264 lists and 100,000 rows, 6 % of the lists gave a recall@10 of 0.98.
    """
    if kind == IndexKind.HNSW or lists is None:
        return 200
    return min(lists, max(10, math.ceil(lists * 0.1)))


def create(space: EmbeddingSpace, kind: IndexKind, lists: int) -> Candidate:
    """Build an index from the rows that exist now; with fewer lists if the memory is too small.

    Must run outside a transaction, because ``CREATE INDEX CONCURRENTLY`` requires it. Searches
    continue to use the index that is recorded. Raises ``ExtensionTooOld``.
    """
    extension.current().require(kind)
    rows = Embedding.objects.filter(space=space).count()
    available = memory.available()
    lists = memory.lists_within(available, kind, lists, rows)
    while True:
        name, started = names.free_name(space), time.monotonic()
        try:
            _create(
                space, name, kind, lists, memory.setting_for(kind, lists, rows, available=available)
            )
        except OperationalError as error:
            # "memory required is 32 MB", or out of memory.
            if kind == IndexKind.HNSW or lists == 1 or "memory" not in str(error):
                raise
            log.warning("%s lists need too much memory: %s", lists, error)
            drop_index(name)
            lists = max(1, lists // 2)
            continue
        seconds = time.monotonic() - started
        built = None if kind == IndexKind.HNSW else lists
        return Candidate(int(space.pk), name, kind, built, rows, seconds)


def adopt(
    space: EmbeddingSpace,
    candidate: Candidate,
    efforts: Mapping[QueryKind, int],
    *,
    exact_rows: int | None = None,
) -> IndexBuild:
    """Let searches use the candidate, and drop the other indexes of the space.

    ``exact_rows`` is None if the candidate is not calibrated.
    """
    index, _ = IndexBuild.objects.update_or_create(
        space=space,
        defaults={
            "name": candidate.name,
            "kind": candidate.kind,
            "lists": candidate.lists,
            "text_effort": efforts[QueryKind.TEXT],
            "picture_effort": efforts[QueryKind.PICTURE],
            "rows": candidate.rows,
            "built_at": Now(),
            "exact_rows": USUAL_EXACT_ROWS if exact_rows is None else exact_rows,
            "calibrated_at": None if exact_rows is None else Now(),
        },
    )
    drop_orphans(space)
    index.refresh_from_db()
    return index


def drop(space: EmbeddingSpace) -> None:
    """Drop all indexes of the space; its searches become exact."""
    IndexBuild.objects.filter(space=space).delete()
    for name in names.existing(space):
        drop_index(name)


def orphans(space: EmbeddingSpace) -> list[str]:
    """The indexes that a running build or a killed one has made, valid or not."""
    recorded = set(IndexBuild.objects.filter(space=space).values_list("name", flat=True))
    return [name for name in names.existing(space) if name not in recorded]


def drop_orphans(space: EmbeddingSpace) -> None:
    """Only while no build of the space is running."""
    for name in orphans(space):
        drop_index(name)


def drop_index(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


def _create(space: EmbeddingSpace, name: str, kind: IndexKind, lists: int, setting: str) -> None:
    options = "" if kind == IndexKind.HNSW else f" WITH (lists = {int(lists)})"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, false)", [setting])
        try:
            cursor.execute(
                f'CREATE INDEX CONCURRENTLY "{name}" ON gallery_embedding'
                f" USING {_COLUMN[kind]}{options}"
                f" WHERE {names.condition_of(space.pk, name)}"
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
