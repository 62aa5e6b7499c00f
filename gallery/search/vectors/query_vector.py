"""Combine the terms of a query, and liked and disliked hits, into unit vectors."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.core.errors import NoVector
from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector
from gallery.models import WIDTH, EmbeddingSpace, ImageQuerySet
from gallery.search.query import Combine, SearchQuery, Term
from gallery.search.vectors.mixture import Mixture
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
# Of the pictures of the person's taste together.
PREFERRED_WEIGHT = 0.15
# Of a sum of vectors, relative to their largest weight. Terms with a smaller sum cancel out.
_SMALLEST_NORM = 1e-4

Sum = npt.NDArray[np.float64]


@dataclass(frozen=True)
class QueryVector:
    """A unit vector. ``mixture`` is None if a term is a raw vector, whose kind is not known.

    Where texts lead to something and other terms lead away, ``positive`` is the vector without the
    latter, ``mixture`` belongs to it, and ``away`` are the others.
    """

    vector: Vector
    mixture: Mixture | None
    positive: Vector | None = None
    away: tuple[TermVector, ...] = ()


def all_terms(query: SearchQuery) -> tuple[Term, ...]:
    """The terms of the query, its text first."""
    return ((Term(text=query.text),) if query.text.strip() else ()) + query.terms


def hidden_images(query: SearchQuery) -> set[uuid.UUID]:
    """Images that are never among the results: those of the terms, and disliked ones."""
    return {term.image_id for term in query.terms if term.image_id} | set(query.disliked)


def compared_images(query: SearchQuery) -> set[uuid.UUID]:
    """Images that the query compares with: of the terms, liked, disliked and preferred ones."""
    return hidden_images(query) | set(query.liked) | set(query.preferred)


def kind_of(query: SearchQuery) -> QueryKind:
    """TEXT unless all positive terms are pictures: a raw vector may be one of a text."""
    positive = [term for term in all_terms(query) if term.weight > 0]
    return QueryKind.TEXT if any(t.text or t.vector for t in positive) else QueryKind.PICTURE


def query_vectors(
    query: SearchQuery, space: EmbeddingSpace, visible: ImageQuerySet
) -> tuple[QueryVector, ...]:
    """One vector, or one for each positive term of a query by the best of its terms.

    Empty if the image of a term has no vector yet. Reads all stored vectors in one statement.
    Raises ``NotFound`` for an image or a picture that does not exist or is not visible,
    ``NoVector`` if the terms cancel each other out, and like ``encode.text_vectors``.
    """
    stored = stored_vectors(compared_images(query), space, visible)
    sent = all_terms(query)
    # The text of the query is before its terms.
    first_index = len(query.terms) - len(sent)
    terms = term_vectors(sent, space, stored, first_index=first_index)
    if terms is None:
        return ()
    feedback = _feedback(query, stored)
    if not any(term.weight > 0 for term in (*terms, *feedback)):
        return ()  # Only liked images, none of which has a vector yet.
    is_apart = _is_apart(terms)
    return tuple(
        _apart(base, feedback) if is_apart else _combined(base + feedback)
        for base in _bases(terms, query.combine)
    )


def _is_apart(terms: list[TermVector]) -> bool:
    """A picture also has what it leads away from, so its hits are judged by the whole vector."""
    kinds = {term.kind for term in terms if term.weight > 0}
    away = [term for term in terms if term.weight < 0]
    return kinds == {QueryKind.TEXT} and bool(away) and all(term.kind for term in away)


def _apart(terms: list[TermVector], feedback: list[TermVector]) -> QueryVector:
    towards = [term for term in terms if term.weight > 0]
    positive = _combined(_normalized(towards) + feedback)
    away = tuple(term for term in terms if term.weight < 0)
    whole = _combined(terms + feedback)
    return QueryVector(whole.vector, positive.mixture, positive.vector, away)


def _bases(terms: list[TermVector], combine: Combine) -> list[list[TermVector]]:
    """The weighted terms of each query vector, without the feedback."""
    balanced = _balanced(terms)
    if combine == Combine.MEAN:
        return [_normalized(balanced)]
    negative = [term for term in balanced if term.weight < 0]
    positive = [term for term in balanced if term.weight > 0]
    return [_normalized([term, *negative]) for term in positive] or [_normalized(negative)]


def _normalized(terms: list[TermVector]) -> list[TermVector]:
    """Scaled to a sum of length 1, so that feedback has the same effect on all terms. Terms that
    cancel each other out are returned as they are.
    """
    largest = max((abs(term.weight) for term in terms), default=0.0)
    norm = float(np.linalg.norm(_sum(terms)))
    return [term.scaled(1 / norm) for term in terms] if norm > _SMALLEST_NORM * largest else terms


def _balanced(terms: list[TermVector]) -> list[TermVector]:
    if not {QueryKind.TEXT, QueryKind.PICTURE} <= {term.kind for term in terms}:
        return terms
    return [term.scaled(TEXT_BALANCE) if term.kind == QueryKind.TEXT else term for term in terms]


def _feedback(query: SearchQuery, stored: Mapping[uuid.UUID, Vector | None]) -> list[TermVector]:
    """Liked, disliked and preferred images as terms."""
    liked = _averaged(query.liked, stored, weight=LIKED_WEIGHT)
    preferred = _averaged(query.preferred, stored, weight=PREFERRED_WEIGHT)
    return liked + preferred + _averaged(query.disliked, stored, weight=-DISLIKED_WEIGHT)


def _averaged(
    image_ids: Collection[uuid.UUID], stored: Mapping[uuid.UUID, Vector | None], *, weight: float
) -> list[TermVector]:
    """Images without a vector are left out."""
    vectors = [vector for key in image_ids if (vector := stored[key]) is not None]
    return [TermVector(vector, weight / len(vectors), QueryKind.PICTURE) for vector in vectors]


def _combined(terms: list[TermVector]) -> QueryVector:
    total = _sum(terms)
    norm = float(np.linalg.norm(total))
    if not norm > _SMALLEST_NORM:
        raise NoVector("The terms of this search cancel each other out.")
    mixture = Mixture.of((term.kind, term.weight / norm) for term in terms)
    return QueryVector(np.asarray(total / norm, dtype=np.float32), mixture)


def _sum(terms: list[TermVector]) -> Sum:
    total: Sum = np.zeros(WIDTH)
    for term in terms:
        total += term.weight * term.vector.astype(np.float64)
    return total
