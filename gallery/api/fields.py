"""Fields of requests that the framework does not have."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.core.errors import InvalidInput
from gallery.ingest import metadata_document


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
