"""Images in the responses of the API."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import serializers

from gallery.api.images.addresses import Addresses
from gallery.models import Image, Moderation, State, Tag
from gallery.models.moderation.states import is_moderator


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
    sha256 = serializers.CharField(
        allow_null=True,
        read_only=True,
        help_text="Of the uploaded file; null for people who may not change the picture.",
    )
    tags = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Names of its approved tags, sorted.",
    )
    moderation = serializers.ChoiceField(
        choices=Moderation.choices,
        allow_null=True,
        read_only=True,
        help_text="What moderation decided; null for others than the owner and moderators.",
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
            "camera", "lens", "exif", "location", "metadata", "external_id", "tags", "moderation",
            "damaged", "previews", "original",
        )  # fmt: skip
        read_only_fields = fields

    @cached_property
    def _addresses(self) -> Addresses:
        return Addresses(self.context)

    @cached_property
    def _tag_names(self) -> dict[int, str]:
        """Filled when the first image with a tag is shown."""
        return {}

    @cached_property
    def _moderates(self) -> bool:
        return is_moderator(self.context["request"].user)

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
            "url": self._addresses.page(image),
            "title": image.title,
            "caption": image.caption,
            "visibility": image.visibility,
            "owner": image.owner.get_username() if image.owner else None,
            "width": image.width,
            "height": image.height,
            "size": image.size,
            "format": image.format,
            "sha256": image.sha256 if changeable else None,
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
            "tags": self._tags(image) if image.tag_ids else [],
            "moderation": image.moderation if changeable or self._moderates else None,
            "damaged": image.damaged,
            "previews": self._addresses.previews(image),
            "original": self._addresses.original(image),
        }

    def _tags(self, image: Image) -> list[str]:
        names = self._tag_names
        if not names.keys() >= set(image.tag_ids):
            # With ``images`` in the context, the names are read once for all images of an answer.
            keys = {key for each in self.context.get("images", [image]) for key in each.tag_ids}
            names.update(Tag.objects.filter(pk__in=keys).values_list("pk", "name"))
        return sorted(names[key] for key in image.tag_ids if key in names)

    def _time(self, moment: datetime) -> str:
        """As the framework writes it."""
        text = moment.astimezone(self._zone).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _location(image: Image) -> dict[str, float | None]:
    return {"latitude": image.latitude, "longitude": image.longitude}
