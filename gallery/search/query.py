"""Search queries and results: frozen values without SQL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gallery.models import Image, ImageQuerySet
from gallery.search.filters import ImageFilter


class Mode(StrEnum):
    """What a search compares with: the meaning, the words, or both."""

    ALL = "all"
    MEANING = "meaning"
    WORDS = "words"


class Combine(StrEnum):
    """How several terms become one ranking: by their weighted mean, or by the best of them."""

    MEAN = "mean"
    MAX = "max"


class Order(StrEnum):
    """``NEWEST`` and ``OLDEST`` order the relevant hits by the date taken, else uploaded."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Band(StrEnum):
    """How well a hit matches."""

    STRONG = "strong"
    GOOD = "good"
    WEAK = "weak"


class Reason(StrEnum):
    """Why an image is a hit: the field whose words match, or its meaning."""

    TITLE = "title"
    CAPTION = "caption"
    FILE_NAME = "file_name"
    CAMERA = "camera"
    METADATA = "metadata"
    TAGS = "tags"
    MEANING = "meaning"


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A part of a picture, in fractions of its width and height from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Term:
    """One part of a query vector. Exactly one of the first four fields is set.

    ``picture`` is a key of ``query_pictures``, ``vector`` has 512 numbers. ``crop`` belongs to
    ``image_id`` or ``picture``. A negative ``weight`` moves the results away from the term.
    """

    text: str = ""
    image_id: uuid.UUID | None = None
    picture: str = ""
    vector: tuple[float, ...] = ()
    crop: Crop | None = None
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """``text`` is compared by meaning and by words; ``terms`` are compared by meaning only.

    ``phrases`` must occur in an image's words and ``excluded_words`` must not; they are
    conditions in every mode. ``unlike`` are texts that an image must not match well by meaning,
    where it can be compared. ``liked`` and ``disliked`` are hits that move the query vector
    towards and away from them; ``preferred`` are images of the person's taste, towards which it is
    moved a little. ``min_similarity`` is a cosine similarity in [-1, 1]. ``cursor``
    is ``ResultPage.next`` of the page before. ``fold`` shows near-duplicates as one hit. Images
    in ``terms`` and ``disliked`` are never among the results. A query of conditions alone finds
    all images that meet them, newest first.
    """

    text: str = ""
    phrases: tuple[str, ...] = ()
    excluded_words: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    combine: Combine = Combine.MEAN
    liked: tuple[uuid.UUID, ...] = ()
    disliked: tuple[uuid.UUID, ...] = ()
    preferred: tuple[uuid.UUID, ...] = ()
    conditions: ImageFilter = field(default_factory=ImageFilter)
    mode: Mode = Mode.ALL
    order: Order = Order.RELEVANCE
    fold: bool = False
    min_similarity: float | None = None
    limit: int = 24
    cursor: str = ""
    with_vector: bool = False

    @property
    def image_id(self) -> uuid.UUID | None:
        """The image of a query for similar images; None for other queries."""
        return self.terms[0].image_id if len(self.terms) == 1 and not self.text else None

    @property
    def picture(self) -> str:
        """The key of the only query picture; empty for other queries."""
        return self.terms[0].picture if len(self.terms) == 1 and not self.text else ""

    def is_near_enough(self, similarity: float | None) -> bool:
        """``min_similarity`` does not apply to a search that computes no similarities."""
        minimum = None if self.mode == Mode.WORDS else self.min_similarity
        return minimum is None or (similarity is not None and similarity >= minimum)


def similar_to(image_id: uuid.UUID, **options: Any) -> SearchQuery:
    """``options`` are fields of ``SearchQuery``."""
    return SearchQuery(terms=(Term(image_id=image_id),), **options)


@dataclass(frozen=True)
class Hit:
    """``similarity`` is the cosine similarity in [-1, 1], rounded to four decimals.

    It is None for an image that was found by its words and has no vector. ``band`` is None where
    the similarity says nothing about relevance. ``copies`` is the number of near-duplicates that
    are folded into this hit. ``vector`` is set only on request.
    """

    image: Image
    similarity: float | None
    band: Band | None = None
    reasons: tuple[Reason, ...] = ()
    copies: int = 0
    vector: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Total:
    """The number of images that the query's conditions leave. ``exact`` is False for an estimate
    or a lower bound.
    """

    count: int
    exact: bool


@dataclass(frozen=True)
class RelevantImages:
    """``complete`` is False if further images may match: only the best few hundred are ranked.
    ``matched`` is False if none matches well, and ``images`` are others.
    """

    images: ImageQuerySet
    complete: bool
    matched: bool = True


@dataclass(frozen=True)
class ResultPage:
    """Hits in the order of the query. ``pending`` counts visible images that are not searchable
    yet, up to ``MOST_PENDING``.

    ``nothing_close`` is True if even the best hit probably does not match the query. ``next`` is
    the cursor of the next page, empty on the last one. ``meaning_unavailable`` is True if no
    vector could be computed and the hits match by their words only.
    """

    hits: list[Hit]
    encoder: str
    took_ms: float
    pending: int = 0
    nothing_close: bool = False
    query: SearchQuery = field(default_factory=SearchQuery)
    next: str = ""
    total: Total = Total(0, exact=True)
    meaning_unavailable: bool = False
