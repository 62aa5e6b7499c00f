"""Fields with limits that the framework does not describe, such as those of settings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from gallery.core.config import config


class LimitFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.fields.LimitField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        schema = _ordinary(auto_schema, self.target, direction)
        return {**schema, "maximum": config().max_results}


class QueryTextFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.images.requests.QueryTextField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        schema = _ordinary(auto_schema, self.target, direction)
        return {**schema, "maxLength": config().max_query_length}


class ScopesFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.access.token_requests.ScopesField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        return {**_ordinary(auto_schema, self.target, direction), "minItems": 1}


class ExternalIdFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.fields.ExternalIdField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        schema = _ordinary(auto_schema, self.target, direction)
        return {**schema, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$"}


def _ordinary(auto_schema: AutoSchema, field: Any, direction: Direction) -> dict[str, Any]:
    """What the framework derives from the field."""
    schema: dict[str, Any] = auto_schema._map_serializer_field(  # type: ignore[no-untyped-call]
        field, direction, bypass_extensions=True
    )
    return schema
