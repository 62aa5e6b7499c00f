"""Rank the images of a query: by meaning, by words, or by both."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector
from gallery.models import EmbeddingSpace, ImageQuerySet, User
from gallery.search.fusion import fuse
from gallery.search.lexical import LexicalMatch, lexical_matches
from gallery.search.query import Combine, Mode, Reason, SearchQuery
from gallery.search.vectors.query_vector import kind_of
from gallery.search.window import MOST_BY_WORDS, SIZE, Entry, Window
from gallery.vectorindex.neighbours import nearest

_MEANING = (Reason.MEANING,)

Similarities = list[tuple[uuid.UUID, float]]


def rank(
    query: SearchQuery,
    images: ImageQuerySet,
    *,
    user: User,
    space: EmbeddingSpace | None,
    vectors: Sequence[Vector],
    size: int = SIZE,
) -> Window:
    """The best of ``images``: by meaning if there are ``vectors``, and by the words of the text.

    ``size`` images are ranked by each. One statement for each vector and one for the words.
    """
    by_meaning, nearest_vectors = Similarities(), dict[uuid.UUID, int]()
    if space is not None and vectors:
        by_meaning, nearest_vectors = _by_meaning(
            space, vectors, images=images, kind=kind_of(query), size=size
        )
    by_words: list[LexicalMatch] = []
    if query.mode != Mode.MEANING and query.text.strip():
        # If nothing follows the window, it has all matches by words that there may be.
        limit = MOST_BY_WORDS if len(by_meaning) < size else size
        nearest_ids = [image_id for image_id, _ in by_meaning]
        by_words = lexical_matches(
            query.text, within=images, user=user, limit=limit, nearest=nearest_ids
        )
    if by_words:
        entries = _fused(by_meaning, by_words, query=query, nearest_vectors=nearest_vectors)
    else:
        entries = _unfused(by_meaning, nearest_vectors)
    complete = _is_complete(query, by_meaning, size)
    if query.min_similarity is not None and query.mode != Mode.WORDS:
        # Images that only their words found are farther than those by meaning. They are near
        # enough only where the last of those is.
        entries = [
            entry
            for entry in entries
            if (
                not complete if entry.similarity is None else query.is_near_enough(entry.similarity)
            )
        ]
    return Window(tuple(entries), complete=complete)


def _fused(
    by_meaning: Similarities,
    by_words: list[LexicalMatch],
    *,
    query: SearchQuery,
    nearest_vectors: Mapping[uuid.UUID, int],
) -> list[Entry]:
    complete = {match.image_id for match in by_words if match.coverage >= 1}
    # The words of one of several terms say nothing about the others.
    is_only_one = not any(term.weight > 0 for term in query.terms)
    suffices = is_only_one or query.combine == Combine.MAX
    return [
        Entry(
            candidate.image_id,
            candidate.similarity,
            candidate.reasons,
            exact=suffices and candidate.exact,
            all_words=suffices and (candidate.exact or candidate.image_id in complete),
            vector=nearest_vectors.get(candidate.image_id),
        )
        for candidate in fuse(by_meaning, by_words)
    ]


def _unfused(by_meaning: Similarities, nearest_vectors: Mapping[uuid.UUID, int]) -> list[Entry]:
    return [
        Entry(image_id, similarity, _MEANING, vector=nearest_vectors.get(image_id))
        for image_id, similarity in by_meaning
    ]


def _by_meaning(
    space: EmbeddingSpace,
    vectors: Sequence[Vector],
    *,
    images: ImageQuerySet,
    kind: QueryKind,
    size: int,
) -> tuple[Similarities, dict[uuid.UUID, int]]:
    """Ids and similarities to the best of the vectors, best first; of several vectors, also the
    position of the best one.

    An image among the best by its nearest vector is among the nearest of that vector.
    """
    ranked = [
        [(neighbour.image_id, 1 - neighbour.distance) for neighbour in neighbours]
        for neighbours in (
            nearest(space, vector, within=images, limit=size, kind=kind) for vector in vectors
        )
    ]
    if len(ranked) == 1:
        return ranked[0], {}
    best: dict[uuid.UUID, tuple[float, int]] = {}
    for position, similarities in enumerate(ranked):
        for image_id, similarity in similarities:
            best[image_id] = max((similarity, position), best.get(image_id, (-1.0, position)))
    pairs = sorted(best.items(), key=lambda pair: (-pair[1][0], pair[0]))[:size]
    nearest_vectors = {image_id: position for image_id, (_, position) in pairs}
    return [(image_id, similarity) for image_id, (similarity, _) in pairs], nearest_vectors


def _is_complete(query: SearchQuery, by_meaning: Similarities, size: int) -> bool:
    """Whether no image beyond these is near enough by meaning."""
    if len(by_meaning) < size:
        return True
    return not query.is_near_enough(by_meaning[-1][1])
