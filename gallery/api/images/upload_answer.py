"""The answer to an upload."""

from __future__ import annotations

from rest_framework import serializers

from gallery.api.images.responses import ImageSerializer


class UploadedImageSerializer(ImageSerializer):
    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text="Of a duplicate: fields of the upload that the image has with other values.",
    )

    class Meta(ImageSerializer.Meta):
        fields = (*ImageSerializer.Meta.fields, "kept")  # type: ignore[assignment]
