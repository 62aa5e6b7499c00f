"""Makes a ``SearchQuery`` of a search request that is valid."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from gallery.api.images.filters import filter_from
from gallery.api.searching.requests import DEFAULT_LIMIT
from gallery.api.searching.terms import term_of
from gallery.llm.metered import chat_of
from gallery.models import User
from gallery.search.filters import ImageFilter
from gallery.search.intent import Intent, NamesVisibleTo, applied, as_typed, understand
from gallery.search.query import Combine, Mode, Order, SearchQuery, Term
from gallery.search.syntax import parse


@dataclasses.dataclass(frozen=True)
class ReadRequest:
    """``not_understood`` are parts of ``q`` that look like filters; ``intent`` is None unless the
    request has it read.
    """

    query: SearchQuery
    not_understood: tuple[str, ...] = ()
    intent: Intent | None = None


def read_request(
    values: Mapping[str, Any],
    user: User,
    pictures: Sequence[str] = (),
    *,
    may_use_model: bool = False,
) -> ReadRequest:
    """The query of a request that is valid; ``pictures`` are the keys of its uploads. Without
    ``may_use_model``, rules read the sentence.

    Raises ``ValidationError`` for a filter that is not valid.
    """
    fields = dict(values)
    box, reads_intent = fields.pop("q", ""), fields.pop("intent", False)
    query = _without_box(fields, pictures)
    if not box:
        return ReadRequest(query)
    now = timezone.localtime()
    intent = as_typed(box, now=now)
    if reads_intent:
        chat = chat_of(user) if may_use_model else None
        intent = understand(box, now=now, names=NamesVisibleTo(user), chat=chat)
    read = applied(query, intent)
    read = dataclasses.replace(
        read,
        phrases=(*query.phrases, *read.phrases),
        excluded_words=(*query.excluded_words, *read.excluded_words),
        conditions=_both(query.conditions, read.conditions),
        order=query.order if "order" in fields else intent.order or query.order,
        limit=query.limit if "limit" in fields else intent.limit or query.limit,
    )
    return ReadRequest(read, parse(box, now=now).not_understood, intent if reads_intent else None)


def _without_box(fields: dict[str, Any], pictures: Sequence[str]) -> SearchQuery:
    conditions = filter_from(fields.pop("filter") if "filter" in fields else fields)
    terms = [term_of(term) for term in fields.pop("terms", ())]
    if image_id := fields.pop("image_id", None):
        terms.append(Term(image_id=image_id))
    weights = fields.pop("image_weights", None) or [1.0] * len(pictures)
    terms += [
        Term(picture=key, weight=weight) for key, weight in zip(pictures, weights, strict=True)
    ]
    for name in ("phrases", "excluded_words", "liked", "disliked"):
        fields[name] = tuple(fields.get(name, ()))
    for name, kind in (("mode", Mode), ("order", Order), ("combine", Combine)):
        if name in fields:
            fields[name] = kind(fields[name])
    fields = {"limit": DEFAULT_LIMIT, **fields}
    return SearchQuery(terms=tuple(terms), conditions=conditions, **fields)


def _both(first: ImageFilter, second: ImageFilter) -> ImageFilter:
    if ImageFilter() in (first, second):
        return first if second == ImageFilter() else second
    return dataclasses.replace(first, required=(*first.required, second))
