"""Check the terms of a search: text, image, crop or vector, each with a weight."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.fields import BoundedListField, UuidField
from gallery.api.images.requests import QueryTextField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.pictures import UrlField
from gallery.models import WIDTH
from gallery.search.checks import MAX_WEIGHT
from gallery.search.query import Crop, Term

_NOT_ZERO = {"type": "number", "format": "double", "not": {"enum": [0]}}


@extend_schema_field({**_NOT_ZERO, "minimum": 0, "maximum": 1})
class SideField(serializers.FloatField):
    """The width or height of a crop; the search refuses 0."""

    def __init__(self) -> None:
        super().__init__(min_value=0, max_value=1)


class CropSerializer(KnownFieldsOnly):
    """A part of the picture, in fractions of its width and height from its top left corner."""

    left = serializers.FloatField(min_value=0, max_value=1)
    top = serializers.FloatField(min_value=0, max_value=1)
    width = SideField()
    height = SideField()


@extend_schema_field({**_NOT_ZERO, "minimum": -MAX_WEIGHT, "maximum": MAX_WEIGHT})
class WeightField(serializers.FloatField):
    """The search refuses 0."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-MAX_WEIGHT, max_value=MAX_WEIGHT, **kwargs)


@extend_schema_field(
    {"type": "array", "items": {"type": "number"}, "minItems": WIDTH, "maxItems": WIDTH}
)
class VectorField(BoundedListField):
    """The numbers of a vector, which are checked together: one by one takes some milliseconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.FloatField(), max_length=WIDTH, **kwargs)

    def run_child_validation(self, data: list[Any]) -> list[float]:
        if all(type(value) is float for value in data):
            return data
        return super().run_child_validation(data)


class TermSerializer(KnownFieldsOnly):
    """Exactly one of `text`, `image_id`, `image_key`, `image_url` and `vector`."""

    exactly_one_of = ("text", "image_id", "image_key", "image_url", "vector")
    # The fields that go only with some of them.
    goes_with = {"crop": ("image_id", "image_key", "image_url")}

    text = QueryTextField(required=False)
    image_id = UuidField(required=False)
    image_key = serializers.CharField(
        max_length=64, required=False, help_text="From `image_keys` of an earlier answer."
    )
    image_url = UrlField(
        required=False,
        help_text="The `http` or `https` URL of a picture, which the site fetches. Its key is in "
        "`image_keys` of the answer, after those of `images`.",
    )
    vector = VectorField(
        required=False,
        help_text=f"{WIDTH} numbers of any norm, for example from `/api/v1/embeddings/`.",
    )
    weight = WeightField(
        required=False, help_text="1 by default. A negative weight leads away from the term."
    )
    crop = CropSerializer(required=False, help_text="Only with an image or a picture.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The search checks the other fields; it gets a key instead of a URL."""
        if "image_url" in attrs and sum(name in attrs for name in self.exactly_one_of) > 1:
            raise serializers.ValidationError(
                _("A term has either image_url or another content."), code="exactly_one"
            )
        return attrs


def term_of(values: dict[str, Any]) -> Term:
    crop = values.get("crop")
    return Term(
        text=values.get("text", ""),
        image_id=values.get("image_id"),
        picture=values.get("image_key", ""),
        vector=tuple(values.get("vector", ())),
        crop=Crop(**crop) if crop else None,
        weight=values.get("weight", 1.0),
    )
