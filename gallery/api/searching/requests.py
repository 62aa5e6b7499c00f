"""Check the requests of the search endpoints, and make a ``SearchQuery`` of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.encoder_request_serializers import BoundedListField
from gallery.api.fields import LimitField
from gallery.api.filters import ImageFilterParameters, ImageFilterSerializer, filter_from
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.request_serializers import QueryTextField
from gallery.api.searching.terms import TermSerializer, WeightField, term_of
from gallery.search.checks import MAX_FEEDBACK, MAX_TERMS
from gallery.search.filters import ImageFilter
from gallery.search.query import Combine, Mode, Order, SearchQuery, Term
from gallery.search.syntax import parse

DEFAULT_LIMIT = 24
# Each picture of a form is decoded in a process of its own before the search.
MAX_PICTURES = 4


class PageSerializer(KnownFieldsOnly):
    limit = LimitField(help_text=f"Results on a page, {DEFAULT_LIMIT} by default.")
    cursor = serializers.CharField(
        max_length=500, required=False, help_text="From the page before, for the same search."
    )
    min_similarity = serializers.FloatField(
        min_value=-1, max_value=1, required=False, help_text="Cosine similarity, from -1 to 1."
    )
    order = serializers.ChoiceField(
        choices=[order.value for order in Order],
        required=False,
        help_text="`newest` and `oldest` order the relevant results by date.",
    )
    fold = serializers.BooleanField(
        required=False, help_text="Show near-duplicates as one result with `copies`."
    )
    with_vector = serializers.BooleanField(
        required=False, help_text="Add the stored vectors of your own images."
    )


class ModeSerializer(PageSerializer):
    mode = serializers.ChoiceField(
        choices=[mode.value for mode in Mode],
        required=False,
        help_text="Compare the text by `meaning`, by `words`, or by both (`all`, the default).",
    )


class BoxSerializer(ModeSerializer):
    """``q``, which means the same in every request."""

    q = QueryTextField(
        required=False,
        help_text="The text of the search box: a description of the images to find, with its "
        "operators, such as `red boat owner:ann -dog`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "q" in attrs and "text" in attrs:
            error = {"text": [_("Provide either q or text, not both.")]}
            raise serializers.ValidationError(error, code="exactly_one")
        return attrs


class TextSearchSerializer(BoxSerializer, ImageFilterParameters):
    """A text in the language of the search box, filters, or both."""


class SimilarSerializer(PageSerializer, ImageFilterParameters):
    """Options and filters of a search for similar images."""


class SearchSerializer(BoxSerializer):
    """A text, terms, an image or liked images; or several of them."""

    text = QueryTextField(
        required=False,
        help_text="Instead of `q`: a text without operators. Compared by meaning and by words.",
    )
    phrases = BoundedListField(child=QueryTextField(), max_length=20, required=False)
    excluded_words = BoundedListField(child=QueryTextField(), max_length=20, required=False)
    image_id = serializers.UUIDField(required=False, help_text="The same as a term of it.")
    terms = BoundedListField(
        child=TermSerializer(), max_length=MAX_TERMS, required=False, help_text="By meaning only."
    )
    combine = serializers.ChoiceField(
        choices=[combine.value for combine in Combine],
        required=False,
        help_text="Compare with the weighted `mean` of the terms (default), or with the best one.",
    )
    liked = BoundedListField(child=serializers.UUIDField(), max_length=MAX_FEEDBACK, required=False)
    disliked = BoundedListField(
        child=serializers.UUIDField(), max_length=MAX_FEEDBACK, required=False
    )
    filter = ImageFilterSerializer(required=False)


class SearchFormSerializer(BoxSerializer, ImageFilterParameters):
    """A text, an image, uploaded images, or several of them, and filters."""

    text = QueryTextField(required=False)
    image_id = serializers.UUIDField(required=False)
    image = BoundedListField(
        child=serializers.FileField(allow_empty_file=True), max_length=MAX_PICTURES, required=False
    )
    image_weight = BoundedListField(
        child=WeightField(),
        max_length=MAX_PICTURES,
        required=False,
        help_text="One for each `image`, in their order; 1 by default.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        weights = attrs.get("image_weight")
        if weights and len(weights) != len(attrs.get("image", ())):
            error = {"image_weight": [_("Provide one weight for each picture.")]}
            raise serializers.ValidationError(error, code="count")
        return super().validate(attrs)


def query_of(
    values: dict[str, Any], pictures: Sequence[str] = ()
) -> tuple[SearchQuery, tuple[str, ...]]:
    """The query of a request that is valid, and the parts of ``q`` that were not understood.

    ``pictures`` are the keys of its uploads. Raises ``ValidationError`` for a filter that is not
    valid.
    """
    fields = dict(values)
    box = fields.pop("q", "")
    query = _without_box(fields, pictures)
    if not box:
        return query, ()
    parsed = parse(box, now=timezone.localtime())
    query = dataclasses.replace(
        query,
        text=parsed.text,
        phrases=(*query.phrases, *parsed.phrases),
        excluded_words=(*query.excluded_words, *parsed.excluded_words),
        conditions=_both(query.conditions, parsed.conditions),
    )
    return query, parsed.not_understood


def _without_box(fields: dict[str, Any], pictures: Sequence[str]) -> SearchQuery:
    conditions = filter_from(fields.pop("filter") if "filter" in fields else fields)
    terms = [term_of(term) for term in fields.pop("terms", ())]
    if image_id := fields.pop("image_id", None):
        terms.append(Term(image_id=image_id))
    weights = fields.pop("image_weight", None) or [1.0] * len(pictures)
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
