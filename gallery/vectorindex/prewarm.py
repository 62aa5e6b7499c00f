"""Bring an index into memory after PostgreSQL has started.

A scan of an ivfflat index reads its lists through a small ring of buffers, so searches alone would
never keep a cold index in PostgreSQL's own memory. The extension pg_prewarm loads it; without it
(the embedded PostgreSQL has none) reading the index once fills the cache of the operating system.
"""

from __future__ import annotations

import logging

import numpy as np
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from gallery.models import WIDTH, IndexBuild, IndexKind
from gallery.vectorindex import statements
from gallery.vectorindex.planner import IndexPlan

log = logging.getLogger(__name__)

_SECONDS = 30 * 24 * 3600
_MOST_EF = 1000


def prewarm(index: IndexBuild) -> bool:
    """Load the index, once after each start of PostgreSQL; whether it was loaded now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()::text")
        (started,) = cursor.fetchone() or ("",)
    key, state = f"prewarmed:{index.space_id}", f"{index.name} {started}"
    if _is_noted(key, state):
        return False
    if not _load(index):
        _read(index)
    _note(key, state)
    return True


def _is_noted(key: str, state: str) -> bool:
    """False while the cache does not answer: loading an index again does no harm."""
    try:
        return bool(cache.get(key) == state)
    except (RedisError, OSError):
        return False


def _note(key: str, state: str) -> None:
    try:
        cache.set(key, state, _SECONDS)
    except (RedisError, OSError) as error:
        log.info("the index will be loaded again: %s", type(error).__name__)


def _load(index: IndexBuild) -> bool:
    """With pg_prewarm, the index and the table; False if the extension cannot be used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_prewarm'")
        if cursor.fetchone() is None:
            return False
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
            cursor.execute(
                "SELECT pg_prewarm(to_regclass(%s)), pg_prewarm('gallery_embedding'::regclass)",
                [f'"{index.name}"'],
            )
        except DatabaseError as error:
            log.info("pg_prewarm cannot be used: %s", error)
            return False
    return True


def _read(index: IndexBuild) -> None:
    """Search with the most thorough setting."""
    most = _MOST_EF if index.kind == IndexKind.HNSW else index.lists or 1
    plan = IndexPlan(index, effort=most, cap=most, compared=1)
    anything = np.full(WIDTH, WIDTH**-0.5, dtype=np.float32)
    if statement := statements.by_index(plan, anything, within=None):
        statement.run()
