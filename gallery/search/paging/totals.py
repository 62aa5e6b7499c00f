"""How many images a search finds, without counting a large table."""

from __future__ import annotations

import math
import uuid
from typing import Any

from django.db.models import QuerySet

from gallery.models import EmbeddingSpace, ImageQuerySet
from gallery.search.query import SearchQuery, Total
from gallery.search.window import MOST_BY_WORDS, Window

# PostgreSQL counts so many rows of the table of images in about 2 ms.
_MOST = 10_000
_SAMPLE = 1000


def countable(
    query: SearchQuery, window: Window, images: ImageQuerySet, space: EmbeddingSpace | None
) -> QuerySet[Any, Any] | None:
    """The rows to count for ``total_of``; None if the window is enough.

    In a large gallery these are a sample: keys of images are random, so those below a bound are
    a random part of the images.
    """
    if window.complete or query.min_similarity is not None:
        return None
    if halvings := _halvings(space):
        images = images.filter(pk__lt=uuid.UUID(int=1 << (128 - halvings)))
    return images.order_by().values("pk")[: _MOST + 1]


def total_of(window: Window, counted: int | None, space: EmbeddingSpace | None) -> Total:
    """``counted`` is the number of rows that ``countable`` returned."""
    ranked = len(window.entries) + len(window.folded)
    if counted is None:
        return Total(ranked, exact=window.complete and ranked < MOST_BY_WORDS)
    halvings = _halvings(space)
    if not halvings:
        return Total(max(ranked, min(counted, _MOST)), exact=counted <= _MOST)
    return Total(max(ranked, _rounded(counted << halvings)), exact=False)


def _halvings(space: EmbeddingSpace | None) -> int:
    """How often the table is halved to count about ``_SAMPLE`` of its rows; 0 to count all."""
    index = getattr(space, "index", None)
    if index is None or index.rows <= 4 * _MOST:
        return 0
    return int(math.log2(index.rows / _SAMPLE))


def _rounded(count: int) -> int:
    """To two digits."""
    digits = max(0, len(str(count)) - 2)
    return round(count, -digits)
