"""How many images a search finds, or cannot find yet, without counting a large table."""

from __future__ import annotations

import math
import threading
import uuid
from typing import Any

from cachetools import TTLCache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from gallery.models import EmbeddingSpace, ImageQuerySet, State
from gallery.search.query import SearchQuery, Total
from gallery.search.window import MOST_BY_WORDS, Window

# PostgreSQL counts so many rows of the table of images in about 2 ms.
_MOST = 10_000
MOST_PENDING = 10_000
_SAMPLE = 1000
_SECONDS = 60.0
_samples: TTLCache[tuple[Any, ...], int] = TTLCache(1000, _SECONDS)
_lock = threading.Lock()


def needs_count(query: SearchQuery, window: Window) -> bool:
    """Whether ``total_of`` needs more than the window."""
    return not window.complete and query.min_similarity is None


def countable(images: ImageQuerySet, space: EmbeddingSpace | None) -> QuerySet[Any, Any]:
    """The rows to count for ``total_of``.

    In a large gallery these are a sample: keys of images are random, so those below a bound are
    a random part of the images.
    """
    if halvings := _halvings(space):
        images = images.filter(pk__lt=uuid.UUID(int=1 << (128 - halvings)))
    return images.order_by().values("pk")[: _MOST + 1]


def pending(visible: ImageQuerySet) -> ImageQuerySet:
    """The images that searches cannot find by meaning yet, to be counted: at most so many."""
    waiting = visible.filter(state__in=(State.STORED, State.DERIVED))
    return waiting.order_by()[:MOST_PENDING]


def total_of(window: Window, counted: int | None, space: EmbeddingSpace | None) -> Total:
    """``counted`` is the number of rows that ``countable`` returned."""
    ranked = len(window.entries) + len(window.folded)
    if counted is None:
        return Total(ranked, exact=window.complete and ranked < MOST_BY_WORDS)
    halvings = _halvings(space)
    if not halvings:
        return Total(max(ranked, min(counted, _MOST)), exact=counted <= _MOST)
    return Total(max(ranked, _rounded(counted << halvings)), exact=False)


def at_least(total: Total, shown: int, *, complete: bool) -> Total:
    """The total, if so many images of a list were shown, and no others follow (``complete``)."""
    if total.exact:
        return total
    return Total(shown, exact=True) if complete else Total(max(total.count, shown + 1), exact=False)


def recent_sample(images: ImageQuerySet, space: EmbeddingSpace | None) -> int | None:
    """The number of the ``countable`` rows of these images, at most a minute old; None if they were
    not counted lately, or if they are no sample, since an exact total must not be old.
    """
    key = _key(images, space)
    with _lock:
        return _samples.get(key) if key else None


def keep_sample(images: ImageQuerySet, space: EmbeddingSpace | None, counted: int) -> None:
    if key := _key(images, space):
        with _lock:
            _samples[key] = counted


def _key(images: ImageQuerySet, space: EmbeddingSpace | None) -> tuple[Any, ...] | None:
    """None if no sample is counted."""
    halvings = _halvings(space)
    if not halvings:
        return None
    try:
        condition = images.condition
    except EmptyResultSet:
        return None
    return (halvings, condition.sql, *map(repr, condition.values))


def _halvings(space: EmbeddingSpace | None) -> int:
    """How often the table is halved to count about ``_SAMPLE`` of its rows; 0 to count all."""
    index = getattr(space, "index", None)
    if index is None or index.rows < 2 * _MOST:
        return 0
    return int(math.log2(index.rows / _SAMPLE))


def _rounded(count: int) -> int:
    """To two digits."""
    digits = max(0, len(str(count)) - 2)
    return round(count, -digits)
