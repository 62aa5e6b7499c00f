"""Which words are common in this gallery, and which pictures are its newest."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from cachetools import TTLCache
from django.db import connection

# A search for a common word alone would read thousands of rows.
_SHARE = 0.005
_LEAST = 1000
NEWEST = 10_000
# Seconds after which a process reads the statistics again. They change slowly.
_FRESH = 300
_stored: TTLCache[str, WordStatistics] = TTLCache(1, _FRESH)
_lock = threading.Lock()


@dataclass(frozen=True)
class WordStatistics:
    """``common`` are lexemes that more than 0.5 % of the images have, and more than 1,000.

    No word is common in a gallery of fewer than 10,000 images. ``newest_since`` is when the
    10,000th newest image was uploaded.
    """

    common: frozenset[str] = frozenset()
    newest_since: datetime = datetime(9999, 1, 1, tzinfo=UTC)


def word_statistics() -> WordStatistics:
    """What PostgreSQL knows about the words since its last ANALYZE, at most five minutes ago."""
    with _lock:
        if (known := _stored.get("statistics")) is not None:
            return known
    statistics = _read()
    with _lock:
        _stored["statistics"] = statistics
    return statistics


def forget() -> None:
    """Read the statistics again at the next search of this process."""
    with _lock:
        _stored.clear()


def _read() -> WordStatistics:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [_SHARE, _LEAST, NEWEST])
        ((common, newest_since),) = cursor.fetchall()
    if newest_since is None:
        return WordStatistics()
    return WordStatistics(frozenset(common), newest_since)


_STATEMENT = """
SELECT ARRAY(
    SELECT lexeme FROM pg_class JOIN pg_stats ON tablename = relname AND attname = 'words',
        unnest(most_common_elems::text::text[], most_common_elem_freqs) AS each(lexeme, share)
    WHERE pg_class.oid = 'gallery_image'::regclass AND schemaname = relnamespace::regnamespace::text
        AND lexeme <> '' AND share > %s AND share * reltuples > %s
), (SELECT created_at FROM gallery_image ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1)
"""
