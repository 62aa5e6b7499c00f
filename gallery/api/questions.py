"""What the API is asked, checked: plain values go on to the capabilities."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.core.config import config
from gallery.models import Visibility

DEFAULT_LIMIT = 24


class ImageChangesSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    caption = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    taken_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_visibility(self, value: str) -> str:
        if value == Visibility.PRIVATE and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("A private picture needs an owner: log in first."), code="private_needs_owner"
            )
        return value


class ImageUploadSerializer(ImageChangesSerializer):
    # An empty file is refused where all uploads are, with a code of its own.
    file = serializers.FileField(allow_empty_file=True)


class LimitsSerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField(
        min_value=1, required=False, help_text=f"Results at most; {DEFAULT_LIMIT} if not given."
    )

    def validate_limit(self, value: int) -> int:
        most = config().max_results
        if value > most:
            raise serializers.ValidationError(
                _("Ensure this value is less than or equal to %(most)s.") % {"most": most},
                code="max_value",
            )
        return value


class SearchLimitsSerializer(LimitsSerializer):
    min_similarity = serializers.FloatField(
        min_value=-1, max_value=1, required=False, help_text="Cosine similarity, from -1 to 1."
    )


class QueryText(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        most = config().max_query_length
        if len(value) > most:
            raise serializers.ValidationError(
                _("A query has at most %(most)s characters.") % {"most": most}, code="max_length"
            )
        return value


class TextSearchSerializer(SearchLimitsSerializer):
    q = QueryText(help_text="What the picture shows, in words.")


class SearchSerializer(SearchLimitsSerializer):
    """Exactly one of `text` and `image_id`."""

    text = QueryText(required=False)
    image_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("text", "image_id", "image")) != 1:
            raise serializers.ValidationError(
                _("Give exactly one of text, image_id and image."), code="exactly_one"
            )
        return attrs


class SearchWithPictureSerializer(SearchSerializer):
    """Exactly one of `text`, `image_id` and `image`."""

    image = serializers.FileField(required=False, allow_empty_file=True)
