"""A search with what its sentence asks for."""

from __future__ import annotations

from dataclasses import replace

from gallery.search.checks import MAX_TERMS
from gallery.search.intent.intent import Intent
from gallery.search.query import Mode, SearchQuery


def applied(query: SearchQuery, intent: Intent) -> SearchQuery:
    """``query`` has everything that was not in the box; its order and limit are not changed.

    Where there is nothing to lead away from, images are left out that match what leads away, or
    have its words; in a search by words alone, those that have its words.
    """
    # A search takes no more terms; nobody names so many things.
    terms = intent.terms[: max(0, MAX_TERMS - len(query.terms))]
    away = tuple(term.text for term in terms if term.weight < 0)
    towards = tuple(term for term in terms if term.weight > 0)
    has_content = intent.text or towards or query.liked or any(t.weight > 0 for t in query.terms)
    text, excluded, unlike = intent.text, intent.excluded_words, query.unlike
    if query.mode is Mode.WORDS:
        text = " ".join((text, *(term.text for term in towards))).strip()
        terms, excluded = (), (*excluded, *away)
    elif not has_content:
        terms, excluded, unlike = (), (*excluded, *away), (*unlike, *away)
    return replace(
        query,
        text=text,
        phrases=intent.phrases,
        excluded_words=excluded,
        unlike=unlike,
        terms=(*query.terms, *terms),
        conditions=intent.conditions,
    )
