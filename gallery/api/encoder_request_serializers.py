"""Checks of requests for vectors and label scores; errors name the item of a list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from gallery.api.request_serializers import QueryTextField
from gallery.curation import classify
from gallery.embeddings import batches


class BoundedListField(serializers.ListField):
    """A list whose length is checked before its items are."""

    default_error_messages = {
        "too_few": gettext_lazy("Provide at least {min_length} items."),
        "too_many": gettext_lazy("Provide at most {max_length} items."),
    }

    def __init__(self, *, max_length: int, min_length: int = 1, **kwargs: Any) -> None:
        # The framework checks the length after the items; its bounds also go into the schema.
        super().__init__(min_length=min_length, max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list):
            if len(data) < (self.min_length or 0):
                self.fail("too_few", min_length=self.min_length)
            if len(data) > (self.max_length or 0):
                self.fail("too_many", max_length=self.max_length)
        return super().to_internal_value(data)


class EmbeddingOptionsSerializer(serializers.Serializer[Any]):
    encoding = serializers.ChoiceField(
        choices=["float", "base64"],
        default="float",
        error_messages={"invalid_choice": gettext_lazy("Must be float or base64.")},
        help_text="`base64`: 2,048 bytes, 512 little-endian float32.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("texts", "pictures")) != 1:
            raise serializers.ValidationError(
                _("Provide either texts or images, not both."), code="exactly_one"
            )
        return attrs


class EmbeddingSerializer(EmbeddingOptionsSerializer):
    """Either `texts` or `images`."""

    texts = BoundedListField(child=QueryTextField(), max_length=batches.MAX_TEXTS, required=False)
    images = BoundedListField(
        child=serializers.CharField(),
        max_length=batches.MAX_PICTURES,
        source="pictures",
        required=False,
        help_text="Picture files in base64 or as data: URLs.",
    )


class EmbeddingFormSerializer(EmbeddingOptionsSerializer):
    """Either `text` or `image`; both can be repeated."""

    text = BoundedListField(
        child=QueryTextField(), max_length=batches.MAX_TEXTS, source="texts", required=False
    )
    image = BoundedListField(
        child=serializers.FileField(allow_empty_file=True),
        max_length=batches.MAX_PICTURES,
        source="pictures",
        required=False,
    )


class TemplateField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value.count(classify.PLACEHOLDER) != 1:
            raise serializers.ValidationError(
                _("A template must contain exactly one {}, the placeholder for the label."),
                code="placeholder",
            )
        return value


class LabelsSerializer(serializers.Serializer[Any]):
    labels = BoundedListField(
        child=serializers.CharField(max_length=classify.MAX_CHARACTERS),
        min_length=classify.MIN_LABELS,
        max_length=classify.MAX_LABELS,
        help_text="Unique labels.",
    )
    templates = BoundedListField(
        child=TemplateField(max_length=classify.MAX_CHARACTERS),
        max_length=classify.MAX_TEMPLATES,
        min_length=0,
        required=False,
        help_text="Sentences with one {} for the label. By default `a photo of a {}`, or "
        "`一张{}的照片` for labels with Chinese characters. The number of labels times templates "
        f"must not exceed {classify.MAX_PROMPTS}.",
    )

    def validate_labels(self, labels: list[str]) -> list[str]:
        if len(set(classify.normalised(labels))) != len(labels):
            raise serializers.ValidationError(_("Labels must be unique."), code="unique")
        return labels

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        limit = classify.MAX_PROMPTS
        if len(attrs["labels"]) * len(attrs.get("templates", ())) > limit:
            message = _("The number of labels times templates must not exceed %(limit)s.")
            error = {"templates": [message % {"limit": limit}]}
            raise serializers.ValidationError(error, code="too_many")
        return attrs


class PictureLabelsSerializer(LabelsSerializer):
    image = serializers.FileField(allow_empty_file=True)
