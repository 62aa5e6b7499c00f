"""Images in the responses of the API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.media.previews import SIZES
from gallery.models import Image, State


class ImageErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class PreviewsSerializer(serializers.Serializer[Any]):
    """URLs; empty until the picture is processed."""

    small = serializers.URLField(required=False)
    medium = serializers.URLField(required=False)
    large = serializers.URLField(required=False)


class ImageSerializer(serializers.ModelSerializer[Image]):
    status = serializers.ChoiceField(source="state", choices=State.choices, read_only=True)
    error = ImageErrorSerializer(read_only=True, allow_null=True)
    url = serializers.SerializerMethodField(help_text="URL of the picture's page.")
    owner = serializers.CharField(
        source="owner.username", default=None, read_only=True, allow_null=True
    )
    exif = serializers.DictField(read_only=True)
    previews = serializers.SerializerMethodField()
    original = serializers.SerializerMethodField(help_text="URL of the uploaded file.")

    class Meta:
        model = Image
        fields = (
            "id", "status", "error", "url", "title", "caption", "visibility", "owner", "width",
            "height", "size", "format", "sha256", "colour", "taken_at", "created_at", "updated_at",
            "exif", "previews", "original",
        )  # fmt: skip
        read_only_fields = fields

    def get_url(self, image: Image) -> str:
        return self._absolute(image.get_absolute_url())

    @extend_schema_field(PreviewsSerializer)
    def get_previews(self, image: Image) -> dict[str, str]:
        if not image.has_dimensions:
            return {}
        return {size: self._absolute(reverse("preview", args=[image.pk, size])) for size in SIZES}

    def get_original(self, image: Image) -> str:
        return self._absolute(reverse("original", args=[image.pk]))

    def _absolute(self, path: str) -> str:
        return str(self.context["request"].build_absolute_uri(path))
