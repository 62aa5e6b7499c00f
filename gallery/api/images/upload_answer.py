"""The answer to an upload, and to one of several files."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.images.responses import ImageSerializer


class UploadedImageSerializer(ImageSerializer):
    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text="Of a duplicate: fields of the upload that the image has with other values.",
    )

    class Meta(ImageSerializer.Meta):
        fields = (*ImageSerializer.Meta.fields, "kept")  # type: ignore[assignment]


@extend_schema_field(
    {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Problem"}], "readOnly": True}
)
class ProblemField(serializers.DictField):
    """A problem as in the answer to a request that fails."""


class UploadResultSerializer(serializers.Serializer[Any]):
    """What the answer to an upload of this file alone would be."""

    file_name = serializers.CharField(help_text="As the form sends it.")
    status = serializers.IntegerField(
        help_text="201: the image is new; 200: you had it; otherwise that of the problem."
    )
    image = UploadedImageSerializer(allow_null=True)
    problem = ProblemField(allow_null=True, help_text="Null where there is an image.")


class UploadResultsSerializer(serializers.Serializer[Any]):
    results = UploadResultSerializer(many=True, help_text="One for each file, in their order.")
