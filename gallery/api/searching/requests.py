"""Check the requests of the search endpoints."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.fields import BoundedListField, LimitField, SignedField, UuidField
from gallery.api.images.filters import ImageFilterParameters, ImageFilterSerializer
from gallery.api.images.requests import QueryTextField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.pictures import PictureListField
from gallery.api.searching.terms import TermSerializer, WeightField
from gallery.search.checks import MAX_FEEDBACK, MAX_TERMS
from gallery.search.query import Combine, Mode, Order

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
    signed = SignedField()


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

    intent = serializers.BooleanField(
        required=False,
        help_text="Read sentences in `q`, such as `cats from last summer, not drawings`. False by "
        "default, so that the words of `q` stay text.",
    )
    taste = serializers.BooleanField(
        required=False,
        help_text="Move a search by text a little towards your interests; `taste_adjusted` of the "
        "answer says whether it was.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("intent") and not attrs.get("q"):
            raise serializers.ValidationError({"q": [_("This field is required.")]}, "required")
        if "q" in attrs and "text" in attrs:
            error = {"text": [_("Provide either q or text, not both.")]}
            raise serializers.ValidationError(error, code="exactly_one")
        return attrs


class TextSearchSerializer(BoxSerializer, ImageFilterParameters):
    """A text in the language of the search box, filters, or both."""


class SimilarSerializer(PageSerializer, ImageFilterParameters):
    """Options and filters of a search for similar images."""


class PictureSearchSerializer(BoxSerializer):
    """``images`` is in the subclasses, which have different bodies."""

    image_id = UuidField(required=False, help_text="The same as a term of it.")
    image_weights = BoundedListField(
        child=WeightField(),
        max_length=MAX_PICTURES,
        required=False,
        help_text="One for each of `images`, in their order; 1 by default.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        weights = attrs.get("image_weights")
        if weights and len(weights) != len(attrs.get("images", ())):
            error = {"image_weights": [_("Provide one weight for each picture.")]}
            raise serializers.ValidationError(error, code="count")
        urls = sum("image_url" in term for term in attrs.get("terms", ()))
        if urls and urls + len(attrs.get("images", ())) > MAX_PICTURES:
            text = _("Provide at most %(limit)s pictures.") % {"limit": MAX_PICTURES}
            raise serializers.ValidationError({"terms": [text]}, code="too_many")
        return super().validate(attrs)


class SearchSerializer(PictureSearchSerializer):
    """A text, terms, an image or liked images; or several of them."""

    not_together = ("q", "text")

    text = QueryTextField(
        required=False,
        help_text="Instead of `q`: a text without operators. Compared by meaning and by words.",
    )
    images = PictureListField(max_length=MAX_PICTURES, required=False)
    phrases = BoundedListField(child=QueryTextField(), max_length=20, required=False)
    excluded_words = BoundedListField(child=QueryTextField(), max_length=20, required=False)
    terms = BoundedListField(
        child=TermSerializer(), max_length=MAX_TERMS, required=False, help_text="By meaning only."
    )
    combine = serializers.ChoiceField(
        choices=[combine.value for combine in Combine],
        required=False,
        help_text="Compare with the weighted `mean` of the terms (default), or with the best one.",
    )
    liked = BoundedListField(child=UuidField(), max_length=MAX_FEEDBACK, required=False)
    disliked = BoundedListField(child=UuidField(), max_length=MAX_FEEDBACK, required=False)
    filter = ImageFilterSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs.get("liked", ())) & set(attrs.get("disliked", ())):
            error = {"disliked": [_("An image cannot be both liked and disliked.")]}
            raise serializers.ValidationError(error, code="unique")
        return super().validate(attrs)


class SearchFormSerializer(PictureSearchSerializer, ImageFilterParameters):
    """A text, an image, pictures, or several of them, and filters."""

    images = BoundedListField(
        child=serializers.FileField(allow_empty_file=True), max_length=MAX_PICTURES, required=False
    )
