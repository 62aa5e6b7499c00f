"""Requests and answers about many images."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.fields import BoundedListField, UuidField
from gallery.api.images.requests import ImageChangesSerializer
from gallery.api.known_fields import KnownFieldsOnly
from gallery.ingest import many

_VERSION_HELP = "Only if the image has this version: that of a list, or an `ETag`."


class ImageVersionSerializer(KnownFieldsOnly):
    id = UuidField()
    version = serializers.CharField(required=False, max_length=200, help_text=_VERSION_HELP)


class ImageChangeSerializer(ImageChangesSerializer):
    """The fields to change, of an image of a list: its other fields are ignored."""

    id = UuidField()
    version = serializers.CharField(required=False, max_length=200, help_text=_VERSION_HELP)


class _ManySerializer(KnownFieldsOnly):
    def validate_images(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({item["id"] for item in items}) < len(items):
            raise serializers.ValidationError(_("Name each image once."), code="unique")
        return items


class BulkDeleteSerializer(_ManySerializer):
    images = BoundedListField(child=ImageVersionSerializer(), max_length=many.MOST_IMAGES)


class BulkUpdateSerializer(_ManySerializer):
    images = BoundedListField(child=ImageChangeSerializer(), max_length=many.MOST_IMAGES)


class ItemErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class DeletedImageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    error = ItemErrorSerializer(allow_null=True, help_text="Null if the image was deleted.")


class UpdatedImageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.CharField(
        allow_null=True, help_text="After the change; null with an error."
    )
    error = ItemErrorSerializer(
        allow_null=True, help_text="Null if the image has these values now."
    )


class BulkDeletedSerializer(serializers.Serializer[Any]):
    results = DeletedImageSerializer(many=True, help_text="In the order of the request.")


class BulkUpdatedSerializer(serializers.Serializer[Any]):
    results = UpdatedImageSerializer(many=True, help_text="In the order of the request.")
