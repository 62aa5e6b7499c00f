"""How much memory a build needs, and how many lists the memory allows.

k-means keeps its sample in memory, and for each sampled vector a bound of its distance to each
list. pgvector 0.8.5 refuses a build that needs more than ``maintenance_work_mem``
(``ivfkmeans.c``; the error names the megabytes, which are 2 to 4 % more than ``bytes_for`` without
its margin).
"""

from __future__ import annotations

import math

import psutil
from django.db import connection

from gallery.core.config import config
from gallery.models import WIDTH, IndexKind

_MB = 1 << 20
# Vectors per list that k-means samples, and the least number (ivfbuild.c).
_SAMPLES_PER_LIST = 50
_LEAST_SAMPLES = 10_000
_VECTOR_BYTES = {IndexKind.IVFFLAT: 4 * WIDTH + 8, IndexKind.IVFFLAT_HALF: 2 * WIDTH + 8}
# A link of an HNSW graph and the entry of its element, with 16 links and 32 on the lowest level.
_HNSW_ROW = 4 * WIDTH + 800
_MARGIN = 1.1
_LEAST = 64 * _MB
_MOST = 8192 * _MB


def bytes_for(kind: IndexKind, lists: int, rows: int) -> int:
    """The ``maintenance_work_mem`` with which the index is built, in bytes."""
    if kind == IndexKind.HNSW:
        # The build is correct with less, but slow.
        return round(rows * _HNSW_ROW * _MARGIN)
    samples = max(_SAMPLES_PER_LIST * lists, _LEAST_SAMPLES)
    sample_bytes = samples * (_VECTOR_BYTES[kind] + 4 * lists + 8)
    list_bytes = lists * (_VECTOR_BYTES[kind] + 4 * WIDTH + 4 * lists + 16)
    return round((sample_bytes + list_bytes) * _MARGIN)


def available() -> int:
    """Bytes that a build may use: ``GALLERY_INDEX_MEMORY``, else what seems harmless.

    That is half of the free memory if PostgreSQL runs on this machine, and otherwise the
    ``maintenance_work_mem`` of the server.
    """
    if setting := config().index_memory:
        return setting
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_bytes(current_setting('maintenance_work_mem')), inet_server_addr()"
        )
        configured, address = cursor.fetchone() or (_LEAST, None)
    if address is None:  # a Unix socket
        configured = max(configured, psutil.virtual_memory().available // 2)
    return int(min(configured, _MOST))


def lists_within(available: int, kind: IndexKind, lists: int, rows: int) -> int:
    """``lists``, or the most that can be built with ``available`` bytes."""
    while lists > 1 and bytes_for(kind, lists, rows) > available:
        lists = math.floor(lists * 0.9)
    return lists


def setting_for(kind: IndexKind, lists: int, rows: int, *, available: int) -> str:
    """A value of ``maintenance_work_mem``."""
    needed = max(_LEAST, bytes_for(kind, lists, rows))
    if kind == IndexKind.HNSW:
        needed = min(needed, max(_LEAST, available))
    return f"{math.ceil(needed / 1024)}kB"
