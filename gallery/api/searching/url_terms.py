"""Terms of a search that are pictures on other servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gallery.api.searching.terms import term_of
from gallery.core.errors import PICTURE_ERRORS
from gallery.ingest.by_url import fetched, new_deadline
from gallery.models import User
from gallery.search.checks import check_terms

_Term = dict[str, Any]


def url_terms(values: Mapping[str, Any]) -> dict[str, list[_Term]]:
    """Those of a ``SearchSerializer`` or a form, those with the same URL together, by the place of
    the first one such as ``terms.1.image_url``.
    """
    places: dict[str, str] = {}
    terms: dict[str, list[_Term]] = {}
    for index, term in enumerate(values.get("terms", ())):
        if "image_url" in term:
            place = places.setdefault(term["image_url"], f"terms.{index}.image_url")
            terms.setdefault(place, []).append(term)
    return terms


def check_before_fetching(values: Mapping[str, Any]) -> None:
    """Raises ``InvalidInput`` for terms that the search would refuse after the fetch."""
    check_terms(
        [
            term_of({**term, "image_key": "fetched"} if "image_url" in term else term)
            for term in values.get("terms", ())
        ]
    )


def fetched_pictures(
    terms: Mapping[str, list[_Term]], user: User, *, first: int
) -> Iterator[bytes]:
    """One picture for each URL. All together have the time of one. An error about a picture has its
    ``index`` in ``data``, counted from ``first``.
    """
    deadline = new_deadline()
    for index, (term, *_) in enumerate(terms.values(), first):
        try:
            with fetched(term["image_url"], user=user, deadline=deadline) as picture:
                data = b"".join(picture.chunks)
        except PICTURE_ERRORS as error:
            error.data["index"] = index
            raise
        yield data
