"""The OpenAPI description: every operation also answers with the one form of an error."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from gallery.api.problems import CONTENT_TYPE


class ProblemErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="The field at fault, if one is.")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `detail` is for people and may be translated."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]
    data = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="The figures behind the sentence, such as a limit."
    )


class ProblemSchema(AutoSchema):
    def get_operation(self, path: str, path_regex: str, path_prefix: str, *rest: Any) -> Any:
        """Operations are named and grouped by what follows the version."""
        return super().get_operation(path, path_regex, "/api/v1", *rest)

    def get_summary(self) -> str:
        return super().get_description()

    def get_description(self) -> str:  # type: ignore[override]
        """The one line there is stands in the summary."""
        return ""

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        described = self._get_response_for_code(  # type: ignore[no-untyped-call]
            ProblemSerializer, "default", media_types=[CONTENT_TYPE]
        )
        return {**bodies, "default": described}
