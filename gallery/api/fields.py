"""Fields of requests that the framework does not have."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.ingest import metadata_document


class LimitField(serializers.IntegerField):
    """The number of results on a page; a setting has its maximum."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        limit = config().max_results
        if value > limit:
            raise serializers.ValidationError(
                _("Ensure this value is less than or equal to %(limit)s.") % {"limit": limit},
                code="max_value",
            )
        return value


@extend_schema_field({"type": "object", "additionalProperties": {}})
class MetadataField(serializers.JSONField):
    """A JSON object: a value in a JSON body, a text in a form."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            if getattr(data, "is_json_string", False):
                return metadata_document.parsed(data)
            return metadata_document.checked(data)
        except InvalidInput as error:
            raise serializers.ValidationError(error.message, code=error.code) from error
