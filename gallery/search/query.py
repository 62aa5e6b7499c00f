"""Search queries and results: frozen values without SQL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from gallery.models import Image


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """Exactly one of ``text``, ``image_id`` and ``picture`` (a key of ``query_pictures``) is set.

    ``min_similarity`` is a cosine similarity in [-1, 1]. The image ``image_id`` is never among
    its own results.
    """

    text: str = ""
    image_id: uuid.UUID | None = None
    picture: str = ""
    limit: int = 24
    min_similarity: float | None = None


@dataclass(frozen=True)
class Hit:
    """``similarity`` is the cosine similarity in [-1, 1], rounded to four decimals."""

    image: Image
    similarity: float


@dataclass(frozen=True)
class ResultPage:
    """Hits, best first. ``pending`` counts visible images that are not searchable yet.

    ``nothing_close`` is True if even the best hit probably does not match the query. It stays
    False for encoders without a measured threshold (``encoders.relevance_threshold``).
    """

    hits: list[Hit]
    encoder: str
    took_ms: float
    pending: int = 0
    nothing_close: bool = False
    query: SearchQuery = field(default_factory=SearchQuery)
