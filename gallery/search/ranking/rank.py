"""Rank the images of a query: by meaning, by words, or by both."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector
from gallery.models import EmbeddingSpace, ImageQuerySet
from gallery.search import window
from gallery.search.fusion import fuse
from gallery.search.lexical import LexicalMatch, lexical_matches
from gallery.search.query import Mode, SearchQuery
from gallery.search.vectors.query_vector import kind_of
from gallery.search.window import Entry, Window
from gallery.vectorindex.neighbours import nearest

# Without meaning nothing follows the window, so it has more matches by words.
_WORDS_ALONE = 500


def rank(
    query: SearchQuery,
    images: ImageQuerySet,
    *,
    space: EmbeddingSpace | None,
    vectors: Sequence[Vector],
) -> Window:
    """The best of ``images``: by meaning if there are ``vectors``, and by the words of the text.

    One statement for each vector and one for the words.
    """
    by_meaning = []
    if space is not None and vectors:
        by_meaning = _by_meaning(space, vectors, images=images, kind=kind_of(query))
    by_words: list[LexicalMatch] = []
    words_limit = window.SIZE if by_meaning else _WORDS_ALONE
    if query.mode != Mode.MEANING and query.text.strip():
        by_words = lexical_matches(query.text, within=images, limit=words_limit)
    complete = {match.image_id for match in by_words if match.coverage >= 1}
    entries = [
        Entry(
            candidate.image_id,
            candidate.similarity,
            candidate.reasons,
            exact=candidate.exact,
            all_words=candidate.exact or candidate.image_id in complete,
        )
        for candidate in fuse(by_meaning, by_words)
        if candidate.similarity is None or _is_close(candidate.similarity, query)
    ]
    return Window(tuple(entries), complete=_is_complete(query, by_meaning))


def _by_meaning(
    space: EmbeddingSpace, vectors: Sequence[Vector], *, images: ImageQuerySet, kind: QueryKind
) -> list[tuple[uuid.UUID, float]]:
    """Ids and similarities to the best of the vectors, best first.

    An image among the best by its nearest vector is among the nearest of that vector.
    """
    best: dict[uuid.UUID, float] = {}
    for vector in vectors:
        for neighbour in nearest(space, vector, within=images, limit=window.SIZE, kind=kind):
            similarity = 1 - neighbour.distance
            best[neighbour.image_id] = max(similarity, best.get(neighbour.image_id, -1.0))
    ordered = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
    return ordered[: window.SIZE]


def _is_close(similarity: float, query: SearchQuery) -> bool:
    return query.min_similarity is None or similarity >= query.min_similarity


def _is_complete(query: SearchQuery, by_meaning: list[tuple[uuid.UUID, float]]) -> bool:
    """Whether no image beyond these is near enough by meaning."""
    if len(by_meaning) < window.SIZE:
        return True
    return not _is_close(by_meaning[-1][1], query)
