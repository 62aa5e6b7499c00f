"""Check requests about images, and the text of a search."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.fields import MetadataField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.response_serializers import ImageSerializer
from gallery.core.config import config
from gallery.models import Visibility


class ImageChangesSerializer(KnownFieldsOnly):
    # A client may send back the image that it got; what cannot be changed is ignored.
    other_parameters = frozenset(ImageSerializer.Meta.fields)

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    caption = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    taken_at = serializers.DateTimeField(required=False, allow_null=True)
    metadata = MetadataField(
        required=False,
        help_text="A JSON object, which replaces the one before; `{}` clears it.",
    )
    external_id = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Your own key of the picture, unique among your pictures.",
    )

    def validate_external_id(self, value: str) -> str:
        if value and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to give a picture an external ID."), code="external_id_needs_owner"
            )
        return value

    def validate_visibility(self, value: str) -> str:
        if value == Visibility.PRIVATE and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to make a picture private."), code="private_needs_owner"
            )
        return value


class ImageUploadSerializer(ImageChangesSerializer):
    # ``ingest.accept`` refuses an empty file with the code ``empty_file``.
    file = serializers.FileField(allow_empty_file=True)


class QueryTextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        limit = config().max_query_length
        if len(value) > limit:
            raise serializers.ValidationError(
                _("The search text can have at most %(limit)s characters.") % {"limit": limit},
                code="max_length",
            )
        return value
