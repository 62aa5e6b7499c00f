"""Images in the responses of the API."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import serializers

from gallery.ingest import downloads
from gallery.media.previews import SIZES
from gallery.models import Image, State
from gallery.models.addresses import address_of


class ImageErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class PreviewsSerializer(serializers.Serializer[Any]):
    """URLs; empty until the picture is processed."""

    small = serializers.URLField(required=False)
    medium = serializers.URLField(required=False)
    large = serializers.URLField(required=False)


class LocationSerializer(serializers.Serializer[Any]):
    """Degrees (WGS 84), north and east positive."""

    latitude = serializers.FloatField()
    longitude = serializers.FloatField()


class ImageSerializer(serializers.ModelSerializer[Image]):
    # The fields are the schema, and ``to_representation`` gives their values: an answer has
    # hundreds of them, and asking a field for each takes much longer (benchmarks/search_parts.py).
    status = serializers.ChoiceField(source="state", choices=State.choices, read_only=True)
    error = ImageErrorSerializer(read_only=True, allow_null=True)
    url = serializers.CharField(read_only=True, help_text="URL of the picture's page.")
    owner = serializers.CharField(
        source="owner.username", default=None, read_only=True, allow_null=True
    )
    exif = serializers.DictField(read_only=True)
    metadata = serializers.DictField(read_only=True)
    location = LocationSerializer(
        allow_null=True,
        read_only=True,
        help_text="Null without a GPS position, and for people who may not change the picture.",
    )
    external_id = serializers.CharField(
        allow_null=True,
        read_only=True,
        help_text="Null without one, and for people who may not change the picture.",
    )
    damaged = serializers.BooleanField(
        read_only=True, help_text="Whether a part of the picture is wrong or missing."
    )
    previews = PreviewsSerializer(read_only=True)
    original = serializers.CharField(
        allow_null=True,
        read_only=True,
        help_text="URL of the uploaded file; for people who may not change the picture, of a copy "
        "without its metadata. Null if the site offers them none (`GALLERY_STRANGERS_GET`).",
    )

    class Meta:
        model = Image
        fields = (
            "id", "status", "error", "url", "title", "caption", "visibility", "owner", "width",
            "height", "size", "format", "sha256", "colour", "taken_at", "created_at", "updated_at",
            "camera", "lens", "exif", "location", "metadata", "external_id", "damaged", "previews",
            "original",
        )  # fmt: skip
        read_only_fields = fields

    @cached_property
    def _site(self) -> str:
        """Scheme and host."""
        return str(self.context["request"].build_absolute_uri("/")).removesuffix("/")

    @cached_property
    def _zone(self) -> tzinfo:
        return timezone.get_current_timezone()

    def to_representation(self, instance: Image) -> dict[str, Any]:
        image = instance
        changeable = image.is_changeable_by(self.context["request"].user)
        return {
            "id": str(image.pk),
            "status": image.state,
            "error": image.error,
            "url": self._site + address_of(image.pk, "picture"),
            "title": image.title,
            "caption": image.caption,
            "visibility": image.visibility,
            "owner": image.owner.get_username() if image.owner else None,
            "width": image.width,
            "height": image.height,
            "size": image.size,
            "format": image.format,
            "sha256": image.sha256,
            "colour": image.colour,
            "taken_at": image.taken_at and self._time(image.taken_at),
            "created_at": self._time(image.created_at),
            "updated_at": self._time(image.updated_at),
            "camera": image.camera,
            "lens": image.lens,
            "exif": image.exif,
            "location": _location(image) if changeable and image.has_place else None,
            "metadata": image.metadata,
            "external_id": image.external_id or None if changeable else None,
            "damaged": image.damaged,
            "previews": self._previews(image),
            "original": self._original(image),
        }

    def _original(self, image: Image) -> str | None:
        offered = downloads.is_offered(image, self.context["request"].user)
        return self._site + address_of(image.pk, "original") if offered else None

    def _time(self, moment: datetime) -> str:
        """As the framework writes it."""
        text = moment.astimezone(self._zone).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text

    def _previews(self, image: Image) -> dict[str, str]:
        if not image.has_dimensions:
            return {}
        return {size: self._site + address_of(image.pk, "preview", size) for size in SIZES}


def _location(image: Image) -> dict[str, float | None]:
    return {"latitude": image.latitude, "longitude": image.longitude}
