"""Fields of the parameters that filter images."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.schema.metadata_conditions import METADATA_CONDITIONS
from gallery.core.errors import InvalidInput
from gallery.search.filters.checks import MAX_QUANTITY
from gallery.search.filters.colours import NAMED
from gallery.search.filters.metadata_documents import conditions_of
from gallery.search.syntax.places import place_of

_LATITUDE = r"[+-]?([0-8]?[0-9](\.[0-9]{1,18})?|90(\.0{1,18})?)"
_LONGITUDE = r"[+-]?((1[0-7][0-9]|[0-9]{1,2})(\.[0-9]{1,18})?|180(\.0{1,18})?)"
# At most 20,000 km.
_KILOMETRES = r"(1?[0-9]{1,4}(\.[0-9]{1,18})?|20000) *(km)?"
_METRES = r"(1?[0-9]{1,7}(\.[0-9]{1,18})?|20000000) *m"


@extend_schema_field(METADATA_CONDITIONS)
class MetadataField(serializers.JSONField):
    """An object, or its JSON in a query parameter."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                self.fail("invalid")
        try:
            return conditions_of(data)
        except InvalidInput as error:
            messages = [_(error.message)]
            key = error.data.get("key")
            raise serializers.ValidationError({key: messages} if key else messages) from None


@extend_schema_field({"type": "string"})
class MetadataTextField(MetadataField):
    """The JSON of an object in a query parameter or a form."""


@extend_schema_field(
    {
        "type": "string",
        "pattern": f"^{_LATITUDE}, *{_LONGITUDE}(, *({_KILOMETRES}|{_METRES}))?$",
    }
)
class PlaceField(serializers.CharField):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return place_of(super().to_internal_value(data))
        except InvalidInput as error:
            raise serializers.ValidationError(_(error.message)) from None


@extend_schema_field(
    {"type": "string", "pattern": "^(#[0-9a-fA-F]{6}|" + "|".join(sorted(NAMED)) + ")$"}
)
class ColourField(serializers.CharField):
    """Names in other languages are known too, but not promised."""


def moment(meaning: str) -> serializers.DateTimeField:
    return serializers.DateTimeField(required=False, help_text=meaning)


def size(meaning: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=MAX_QUANTITY, required=False, help_text=meaning
    )


def megapixels(meaning: str) -> serializers.FloatField:
    return serializers.FloatField(
        min_value=0, max_value=1_000_000, required=False, help_text=meaning
    )
