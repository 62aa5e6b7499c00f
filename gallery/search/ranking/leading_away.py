"""How images are judged that texts lead to and other terms lead away from: “cats without people”.

The order of the hits comes from the whole vector. Its similarities are lower than those to “cats”
alone, by a different amount for each image, so the bands come from what the texts lead to. An image
that matches one of the other terms well, or has the words of one, is no close match.
"""

from __future__ import annotations

import dataclasses
import uuid

from gallery.models import Image, User
from gallery.search.bands import corrected
from gallery.search.lexical import with_words
from gallery.search.query import Mode, SearchQuery
from gallery.search.relevance import measured_thresholds
from gallery.search.vectors.meaning import Meaning
from gallery.search.window import Entry, Window
from gallery.vectorindex.similarity import similarities_to

# The lowest cosine.
_UNLIKE = -1.0

Similarities = dict[uuid.UUID, list[float]]


def judged(window: Window, query: SearchQuery, meaning: Meaning, user: User) -> Window:
    """The entries with ``judged``, if texts lead to something and other terms away: two statements
    then.
    """
    vectors, space = meaning.query_vectors, meaning.space
    positive = [each.positive for each in vectors if each.positive is not None]
    if space is None or not positive or not window.entries:
        return window
    away = vectors[0].away
    compared = [*positive, *(term.vector for term in away)]
    similarities = similarities_to(space, compared, window.ids)
    unlike = _with_words_of(query, window, user)
    for index, term in enumerate(away, start=len(positive)):
        thresholds = measured_thresholds(space, term.kind) if term.kind else None
        if thresholds is not None:
            unlike |= {
                key
                for key, values in similarities.items()
                if corrected(values[index], thresholds, key) >= thresholds.good
            }
    entries = tuple(_judged(entry, similarities, unlike) for entry in window.entries)
    return dataclasses.replace(window, entries=entries)


def _with_words_of(query: SearchQuery, window: Window, user: User) -> set[uuid.UUID]:
    """The images that have the words of a text that leads away."""
    texts = [term.text for term in query.terms if term.text and term.weight < 0]
    if query.mode is Mode.MEANING or not texts:
        return set()
    ranked = Image.objects.filter(pk__in=window.ids)
    others = with_words(ranked, user=user, phrases=(), excluded=texts)
    return {*window.ids} - {*others.values_list("pk", flat=True)}


def _judged(entry: Entry, similarities: Similarities, unlike: set[uuid.UUID]) -> Entry:
    if entry.image_id in unlike:
        return entry._replace(judged=_UNLIKE, exact=False, all_words=False)
    values = similarities.get(entry.image_id)
    return entry if values is None else entry._replace(judged=values[entry.vector or 0])
