"""Images in a list, with the version that a change of many images can name."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gallery.api.images.responses import ImageSerializer
from gallery.api.images.versions import version_of
from gallery.models import Image


class ListedImageSerializer(ImageSerializer):
    version = serializers.CharField(
        read_only=True, help_text="For `bulk-update` and `bulk-delete`; the first part of its ETag."
    )

    class Meta(ImageSerializer.Meta):
        fields = (*ImageSerializer.Meta.fields, "version")  # type: ignore[assignment]

    def to_representation(self, instance: Image) -> dict[str, Any]:
        answer = super().to_representation(instance)
        return {**answer, "version": version_of(answer)}
