"""The parts of a search as chips above the results, each with an address that removes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gallery.models import Image
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import MODES
from gallery.pages.search.operator_labels import label_of
from gallery.search.query import Mode, SearchQuery
from gallery.search.syntax import ParsedText

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Chip:
    """``image`` is a picture of the gallery and ``picture`` the key of an uploaded one. ``source``
    is the operator as it was typed, ``excluded`` the words that must not occur.
    """

    kind: str
    without: SearchAddress
    text: Text = ""
    excluded: str = ""
    source: str = ""
    image: Image | None = None
    picture: str = ""


def chips_of(
    query: SearchQuery,
    parsed: ParsedText,
    *,
    address: SearchAddress,
    images: dict[uuid.UUID, Image],
) -> list[Chip]:
    """``parsed`` is the text of the box; ``images`` are the visible pictures of the query.

    A text alone needs no chip, because it is in the search box.
    """
    others = [
        *_operators(parsed, address),
        *_pictures(query, address, images),
        *_options(query, address),
    ]
    return [*_texts(parsed, address), *others] if others else []


def _texts(parsed: ParsedText, address: SearchAddress) -> Iterator[Chip]:
    excluded = ", ".join(parsed.excluded_words)
    if parsed.text or excluded:
        operators = " ".join(operator.source for operator in parsed.operators)
        without = _searching(address.replacing("q", operators))
        yield Chip(kind="text", text=parsed.text, excluded=excluded, without=without)


def _operators(parsed: ParsedText, address: SearchAddress) -> Iterator[Chip]:
    for operator in parsed.operators:
        without = _searching(address.replacing("q", operator.without))
        text = label_of(operator)
        yield Chip(kind="operator", text=text, source=operator.source, without=without)


def _pictures(
    query: SearchQuery, address: SearchAddress, images: dict[uuid.UUID, Image]
) -> Iterator[Chip]:
    for term in query.terms:
        if term.picture:
            without = _searching(address.without_value("picture", term.picture))
            yield Chip(kind="picture", picture=term.picture, without=without)
    like = [term.image_id for term in query.terms if term.image_id]
    for name, keys in (("like", like), ("more", query.liked), ("less", query.disliked)):
        for key in keys:
            without = _searching(address.without_value(name, key))
            yield Chip(kind=name, image=images.get(key), without=without)


def _options(query: SearchQuery, address: SearchAddress) -> Iterator[Chip]:
    if query.mode is not Mode.ALL:
        yield Chip(kind="option", text=MODES[query.mode], without=address.replacing("mode", ""))
    # A search by words alone computes no similarities.
    if query.min_similarity is not None and query.mode is not Mode.WORDS:
        text = _("similarity from %(minimum)s") % {
            "minimum": number_format(query.min_similarity, 2)
        }
        yield Chip(kind="option", text=text, without=address.replacing("min_similarity", ""))


def _searching(address: SearchAddress) -> SearchAddress:
    """Disliked hits alone are no search, and no chip could remove them."""
    is_search = any(address.value(name) for name in ("q", "like", "picture", "more"))
    return address if is_search else address.without(("less",))
