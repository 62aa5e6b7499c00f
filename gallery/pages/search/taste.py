"""A search that is moved towards the person's taste, if its address says so."""

from __future__ import annotations

import dataclasses

from gallery.pages.search.form import SearchForm
from gallery.recommendations.search_taste import preferred_images
from gallery.search.query import Mode, SearchQuery


def query_of(form: SearchForm) -> SearchQuery | None:
    """None for an empty form. Raises ``InvalidInput`` if a parameter is not valid."""
    query = form.query()
    if query is None or not form.cleaned_data["taste"] or query.mode == Mode.WORDS:
        return query
    return dataclasses.replace(query, preferred=preferred_images(form.user, query.text))
