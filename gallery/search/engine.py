"""Search: the only entrance. Nearest vectors first, then one query for the rows of the page."""

from __future__ import annotations

import time
import uuid
from typing import Literal

import numpy as np

from gallery.core.config import config
from gallery.core.errors import InvalidInput, NotFound
from gallery.embeddings import answering, encode, spaces
from gallery.embeddings.model_facts import facts_of
from gallery.encoders.base import Vector
from gallery.models import Embedding, EmbeddingSpace, Image, ImageQuerySet, State, User
from gallery.search import query_pictures
from gallery.search.query import Hit, ResultPage, SearchQuery
from gallery.vectorindex.neighbours import nearest


def search(query: SearchQuery, user: User) -> ResultPage:
    """Answer with the visible images nearest in meaning, best first.

    Raises ``InvalidInput`` for a question that is not one, ``NotFound`` for an image or query
    picture that does not exist or may not be seen, ``EncoderUnavailable`` when no vector can be
    made, ``NoVector`` when none can be made of this question, ``OutOfMemory``.
    """
    started = time.perf_counter()
    _check(query)
    space = spaces.active() if query.image_id else answering.space_to_search()
    visible = Image.objects.visible_to(user)
    vector = _vector_of(query, space, visible)
    hits = [] if vector is None else _hits(query, space, vector=vector, visible=visible)
    return ResultPage(
        hits=hits,
        encoder=space.encoder,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        pending=_pending(visible) if len(hits) < query.limit else 0,
        nothing_close=_nothing_close(query, space, hits),
        query=query,
    )


def _check(query: SearchQuery) -> None:
    asked = [bool(query.text.strip()), query.image_id is not None, bool(query.picture)]
    if sum(asked) != 1:
        raise InvalidInput("Give exactly one of a text, an image and a picture.")
    if len(query.text) > config().max_query_length:
        longest = config().max_query_length
        raise InvalidInput(f"A query has at most {longest} characters.", limit=longest)
    if not 1 <= query.limit <= config().max_results:
        most = config().max_results
        raise InvalidInput(f"The limit is a number from 1 to {most}.", limit=most)
    if query.min_similarity is not None and not -1 <= query.min_similarity <= 1:
        raise InvalidInput("The minimum similarity is a number from -1 to 1.")


def _vector_of(query: SearchQuery, space: EmbeddingSpace, visible: ImageQuerySet) -> Vector | None:
    """One unit vector; None when the image asked for has no vector yet."""
    if query.text:
        return encode.text_vector(space, query.text)
    if query.picture:
        return query_pictures.recall(query.picture).vector_in(space)
    image_id = query.image_id
    if image_id is None or not visible.filter(pk=image_id).exists():
        raise NotFound("There is no such picture.")
    stored = Embedding.objects.filter(space=space, image_id=image_id)
    vector = stored.values_list("vector", flat=True).first()
    return None if vector is None else np.asarray(vector, dtype=np.float32)


def _hits(
    query: SearchQuery, space: EmbeddingSpace, *, vector: Vector, visible: ImageQuerySet
) -> list[Hit]:
    found = nearest(space, vector, within=visible, limit=query.limit + 1)
    similarity: dict[uuid.UUID, float] = {
        neighbour.image_id: 1 - neighbour.distance
        for neighbour in found
        if neighbour.image_id != query.image_id
        and (query.min_similarity is None or 1 - neighbour.distance >= query.min_similarity)
    }
    # Visibility once more: a row may have been made private since the first statement.
    rows = visible.select_related("owner").in_bulk(list(similarity)[: query.limit])
    return [Hit(rows[key], round(value, 4)) for key, value in similarity.items() if key in rows]


def _nothing_close(query: SearchQuery, space: EmbeddingSpace, hits: list[Hit]) -> bool:
    threshold = facts_of(space).relevance_threshold
    if threshold is None or not hits:
        return False
    kind: Literal["text", "image"] = "text" if query.text else "image"
    return not threshold.is_answer(kind, best=hits[0].similarity)


def _pending(visible: ImageQuerySet) -> int:
    return visible.filter(state__in=(State.STORED, State.DERIVED)).count()
