"""Search: find the nearest vectors, then load the rows of the page with one query."""

from __future__ import annotations

import time
import uuid

from gallery.core.config import config
from gallery.core.errors import InvalidInput, NotFound
from gallery.core.query_kind import QueryKind
from gallery.embeddings import answering, encode, spaces
from gallery.encoders.base import Vector
from gallery.models import Embedding, EmbeddingSpace, Image, ImageQuerySet, State, User
from gallery.search import bands, query_pictures, relevance
from gallery.search.query import Hit, ResultPage, SearchQuery
from gallery.vectorindex.neighbours import nearest


def search(query: SearchQuery, user: User) -> ResultPage:
    """Find the visible images nearest in meaning, best first.

    Raises ``InvalidInput`` for a query that is not valid (``data`` has the ``field`` and its
    ``limit``), ``NotFound`` for an image or query picture that does not exist or is not visible,
    ``EncoderUnavailable`` if no vector can be computed, ``NoVector`` if this query has none and
    ``OutOfMemory``.
    """
    started = time.perf_counter()
    _check(query)
    space = answering.space_to_search() if _needs_encoder(query) else spaces.active()
    visible = Image.objects.visible_to(user)
    vector = _query_vector(query, space, visible)
    hits = [] if vector is None else _hits(query, space, vector=vector, visible=visible)
    return ResultPage(
        hits=hits,
        encoder=space.encoder,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        pending=_pending(visible) if len(hits) < query.limit else 0,
        nothing_close=_nothing_close(query, space, hits),
        query=query,
    )


def _needs_encoder(query: SearchQuery) -> bool:
    return query.image_id is None


def _check(query: SearchQuery) -> None:
    if bool(query.text.strip()) + len(query.terms) != 1:
        raise InvalidInput("A search needs exactly one of text, image and picture.")
    limit = config().max_query_length
    if len(query.text) > limit:
        message = f"The search text can have at most {limit} characters."
        raise InvalidInput(message, field="text", limit=limit)
    limit = config().max_results
    if not 1 <= query.limit <= limit:
        message = f"The number of results must be between 1 and {limit}."
        raise InvalidInput(message, field="limit", limit=limit)
    if query.min_similarity is not None and not -1 <= query.min_similarity <= 1:
        raise InvalidInput("The similarity must be between -1 and 1.", field="min_similarity")


def _query_vector(
    query: SearchQuery, space: EmbeddingSpace, visible: ImageQuerySet
) -> Vector | None:
    """One unit vector, or None if the query's image has no vector yet."""
    if query.text:
        return encode.text_vector(space, query.text)
    if query.picture:
        return query_pictures.recall(query.picture).vector_in(space)
    image_id = query.image_id
    if image_id is None or not visible.filter(pk=image_id).exists():
        raise NotFound("The image does not exist.")
    return Embedding.objects.vector_of(image_id, space)


def _hits(
    query: SearchQuery, space: EmbeddingSpace, *, vector: Vector, visible: ImageQuerySet
) -> list[Hit]:
    # One more than the limit, because an image is its own nearest neighbour.
    kind = QueryKind.TEXT if query.text else QueryKind.PICTURE
    neighbours = nearest(space, vector, within=visible, limit=query.limit + 1, kind=kind)
    similarity: dict[uuid.UUID, float] = {
        neighbour.image_id: 1 - neighbour.distance
        for neighbour in neighbours
        if neighbour.image_id != query.image_id
        and (query.min_similarity is None or 1 - neighbour.distance >= query.min_similarity)
    }
    # Visibility is checked again: an image may have become private since the first query.
    rows = visible.select_related("owner").in_bulk(list(similarity)[: query.limit])
    return [Hit(rows[key], round(value, 4)) for key, value in similarity.items() if key in rows]


def _nothing_close(query: SearchQuery, space: EmbeddingSpace, hits: list[Hit]) -> bool:
    kind = QueryKind.TEXT if query.text else QueryKind.PICTURE
    thresholds = relevance.thresholds_of(space, kind)
    if thresholds is None:
        return False
    pairs = [(hit.image.pk, hit.similarity) for hit in hits if hit.similarity is not None]
    return bands.nothing_close(bands.best_of(pairs, thresholds), thresholds)


def _pending(visible: ImageQuerySet) -> int:
    return visible.filter(state__in=(State.STORED, State.DERIVED)).count()
