"""The parts of a search as chips above the results, each with an address that removes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gallery.models import Image
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.chips.chip import Chip
from gallery.pages.search.chips.operator_labels import label_of
from gallery.pages.search.chips.understood import understood_chips
from gallery.pages.search.chips.without_text import without_text
from gallery.pages.search.form import MODES, SearchForm
from gallery.search.query import Mode, SearchQuery
from gallery.search.syntax import ParsedText


def chips_of(
    query: SearchQuery,
    form: SearchForm,
    *,
    address: SearchAddress,
    images: dict[uuid.UUID, Image],
    imports: Mapping[uuid.UUID, str],
) -> list[Chip]:
    """``form`` has read the box; ``images`` are the visible pictures of the query, and
    ``imports`` the names of the imports that its operators name.

    A text alone needs no chip, because it is in the search box.
    """
    others = [
        *_operators(form.parsed, address, imports),
        *understood_chips(form.intent_of_box, address, left_out=query.unlike),
        *_pictures(query, address, images),
        *_options(query, address),
    ]
    return [*_texts(form, address), *others] if others else []


def _texts(form: SearchForm, address: SearchAddress) -> Iterator[Chip]:
    """Without the text, what was understood of it stays."""
    intent = form.intent_of_box
    excluded = ", ".join(intent.excluded_words)
    if intent.text or excluded:
        without = _searching(without_text(form, address))
        yield Chip(kind="text", text=intent.text, excluded=excluded, without=without)


def _operators(
    parsed: ParsedText, address: SearchAddress, imports: Mapping[uuid.UUID, str]
) -> Iterator[Chip]:
    for operator in parsed.operators:
        without = _searching(address.replacing("q", operator.without))
        text = label_of(operator, imports)
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
