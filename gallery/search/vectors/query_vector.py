"""Combine the terms of a query, and liked and disliked hits, into unit vectors."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from gallery.core.errors import NoVector
from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector
from gallery.models import WIDTH, EmbeddingSpace, ImageQuerySet
from gallery.search.query import Combine, SearchQuery, Term
from gallery.search.vectors.term_vectors import TermVector, stored_vectors, term_vectors

# "This picture, in the snow": cosines between a text and pictures differ less from picture to
# picture than cosines between two pictures, so a picture outweighs a text of the same weight.
# 138 such queries on the demo gallery found their picture with an MRR of 0.921 at 1, 0.932 at
# 1.5, 0.913 at 2; subtracting the mean of each kind of vectors first made no difference.
TEXT_BALANCE = 1.5
# Rocchio's formula (Manning, Raghavan, Schütze: Introduction to Information Retrieval, 9.1.1,
# which proposes 1, 0.75, 0.15). On the demo gallery, 0.75 costs a good text query more of its
# mean average precision (0.994 to 0.920) than 0.5 does (0.962), and gains a bad one no more
# (0.495 to 0.594 and 0.629).
LIKED_WEIGHT = 0.5
DISLIKED_WEIGHT = 0.15
_SMALLEST_NORM = 1e-4

Sum = npt.NDArray[np.float64]


def all_terms(query: SearchQuery) -> tuple[Term, ...]:
    """The terms of the query, its text first."""
    return ((Term(text=query.text),) if query.text.strip() else ()) + query.terms


def hidden_images(query: SearchQuery) -> set[uuid.UUID]:
    """Images that are never among the results: those of the terms, and disliked ones."""
    return {term.image_id for term in query.terms if term.image_id} | set(query.disliked)


def kind_of(query: SearchQuery) -> QueryKind:
    """TEXT unless all positive terms are pictures: a raw vector may be one of a text."""
    positive = [term for term in all_terms(query) if term.weight > 0]
    return QueryKind.TEXT if any(t.text or t.vector for t in positive) else QueryKind.PICTURE


def is_plain(query: SearchQuery) -> bool:
    """Whether the query is one text or one picture, so that its cosines compare with those of
    other queries of its kind.
    """
    terms = all_terms(query)
    return len(terms) == 1 and not (terms[0].vector or query.liked or query.disliked)


def query_vectors(
    query: SearchQuery, space: EmbeddingSpace, visible: ImageQuerySet
) -> tuple[Vector, ...]:
    """One unit vector, or one for each positive term of a query by the best of its terms.

    Empty if the image of a term has no vector yet. Reads all stored vectors in one statement.
    Raises ``NotFound`` for an image or a picture that does not exist or is not visible,
    ``NoVector`` if the terms cancel each other out, and like ``encode.text_vectors``.
    """
    named = {term.image_id for term in query.terms if term.image_id}
    stored = stored_vectors(named | {*query.liked, *query.disliked}, space, visible)
    terms = term_vectors(all_terms(query), space, stored)
    if terms is None:
        return ()
    shift = _feedback(query, stored)
    if not any(term.weight > 0 for term in terms) and not shift.any():
        return ()  # Only liked images, none of which has a vector yet.
    return tuple(_unit(base + shift) for base in _bases(terms, query.combine))


def _bases(terms: list[TermVector], combine: Combine) -> list[Sum]:
    weighted = _balanced(terms)
    if combine == Combine.MEAN:
        total = _sum(weighted)
        norm = float(np.linalg.norm(total))
        # Feedback has the same effect on a sum of many terms as on one.
        return [total / norm if norm > _SMALLEST_NORM else total]
    negative = _sum([row for row, term in zip(weighted, terms, strict=True) if term.weight < 0])
    positive = [row for row, term in zip(weighted, terms, strict=True) if term.weight > 0]
    return [row + negative for row in positive] or [negative]


def _balanced(terms: list[TermVector]) -> list[Sum]:
    kinds = {term.kind for term in terms}
    mixed = {QueryKind.TEXT, QueryKind.PICTURE} <= kinds
    factors = [TEXT_BALANCE if mixed and term.kind == QueryKind.TEXT else 1.0 for term in terms]
    return [
        term.vector.astype(np.float64) * (term.weight * factor)
        for term, factor in zip(terms, factors, strict=True)
    ]


def _feedback(query: SearchQuery, stored: Mapping[uuid.UUID, Vector | None]) -> Sum:
    """Images without a vector are left out."""
    liked = _mean(stored[key] for key in query.liked)
    return LIKED_WEIGHT * liked - DISLIKED_WEIGHT * _mean(stored[key] for key in query.disliked)


def _mean(vectors: Iterable[Vector | None]) -> Sum:
    present = [vector.astype(np.float64) for vector in vectors if vector is not None]
    return _sum(present) / max(1, len(present))


def _sum(rows: list[Sum]) -> Sum:
    return np.sum(rows, axis=0) if rows else np.zeros(WIDTH)


def _unit(total: Sum) -> Vector:
    norm = float(np.linalg.norm(total))
    if not norm > _SMALLEST_NORM:
        raise NoVector("The terms of this search cancel each other out.")
    return np.asarray(total / norm, dtype=np.float32)
