"""The OpenAPI schema: every operation lists ``Problem`` as its error response."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from gallery.api.problems import CONTENT_TYPE


class ProblemErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="The field with the error, if any.")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `detail` is for people and may be translated."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]
    data = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="Values behind the message, such as a limit."
    )


class ProblemSchema(AutoSchema):
    def get_operation(self, path: str, path_regex: str, path_prefix: str, *rest: Any) -> Any:
        """Name and group operations by the path after the version."""
        return super().get_operation(path, path_regex, "/api/v1", *rest)

    def get_summary(self) -> str:
        return super().get_description()

    def get_description(self) -> str:  # type: ignore[override]
        """Empty: the docstring has one line, which is the summary."""
        return ""

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        described = self._get_response_for_code(  # type: ignore[no-untyped-call]
            ProblemSerializer, "default", media_types=[CONTENT_TYPE]
        )
        return {**bodies, "default": described}
