"""Check requests for vectors and label scores. An error in a list names the item's index."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.fields import BoundedListField
from gallery.api.images.requests import QueryTextField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.pictures import PictureField, PictureListField
from gallery.curation import classify
from gallery.embeddings import batches


class EmbeddingOptionsSerializer(KnownFieldsOnly):
    encoding = serializers.ChoiceField(
        choices=["float", "base64"],
        default="float",
        error_messages={"invalid_choice": gettext_lazy("Must be float or base64.")},
        help_text="`base64`: 2,048 bytes, 512 little-endian float32.",
    )


class EmbeddingSerializer(EmbeddingOptionsSerializer):
    """Either `texts` or `images`."""

    exactly_one_of = ("texts", "images")

    texts = BoundedListField(child=QueryTextField(), max_length=batches.MAX_TEXTS, required=False)
    images = PictureListField(
        max_length=batches.MAX_PICTURES,
        source="pictures",
        required=False,
        help_text="All together may have the size of one upload.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("texts", "pictures")) != 1:
            raise serializers.ValidationError(
                _("Provide either texts or images, not both."), code="exactly_one"
            )
        return attrs


class EmbeddingFormSerializer(EmbeddingOptionsSerializer):
    """`images` can be repeated."""

    images = BoundedListField(
        child=serializers.FileField(allow_empty_file=True),
        max_length=batches.MAX_PICTURES,
        source="pictures",
    )


@extend_schema_field(
    {"type": "string", "maxLength": classify.MAX_LENGTH, "pattern": r"^[^{}]*\{\}[^{}]*$"}
)
class TemplateField(serializers.CharField):
    pattern = r"[^{}]*\{\}[^{}]*"

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not re.fullmatch(self.pattern, value):
            raise serializers.ValidationError(
                _("A template must contain exactly one {}, the placeholder for the label."),
                code="placeholder",
            )
        return value


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string", "pattern": r"\S", "maxLength": classify.MAX_LENGTH},
        "minItems": classify.MIN_LABELS,
        "maxItems": classify.MAX_LABELS,
        "uniqueItems": True,
    }
)
class LabelsField(BoundedListField):
    pass


class LabelsSerializer(KnownFieldsOnly):
    labels = LabelsField(
        child=serializers.CharField(max_length=classify.MAX_LENGTH),
        min_length=classify.MIN_LABELS,
        max_length=classify.MAX_LABELS,
        help_text="Unique labels.",
    )
    templates = BoundedListField(
        child=TemplateField(max_length=classify.MAX_LENGTH),
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
    image = PictureField()


class PictureLabelsFormSerializer(LabelsSerializer):
    image = serializers.FileField(allow_empty_file=True)
