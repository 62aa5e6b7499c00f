"""What may be asked of the encoder: lists with a limit each, errors that name the item."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from gallery.api.problems import BodyTooLarge
from gallery.api.questions import QueryText
from gallery.api.view import ShallowJSONParser
from gallery.curation import classify
from gallery.embeddings import batches

# Pictures in base64 are longer than the 2.5 MB of other bodies; parsed, a body may take four
# times its length. What is larger comes as multipart, which goes to the disk.
MOST_JSON = 16 << 20


class LongJSONParser(BaseParser):
    """Not a ``JSONParser``: to those the framework hands bodies of 2.5 MB at most."""

    media_type = "application/json"

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        body = stream.read(MOST_JSON + 1)
        if len(body) > MOST_JSON:
            raise BodyTooLarge
        return ShallowJSONParser().parse(io.BytesIO(body), *args, **kwargs)


class ShortList(serializers.ListField):
    """Checks the number of items before it looks at any of them."""

    default_error_messages = {
        "too_few": gettext_lazy("Give at least {least} of them."),
        "too_many": gettext_lazy("Give at most {most} of them."),
    }

    def __init__(self, *, most: int, least: int = 1, **kwargs: Any) -> None:
        # The library's own check of the length comes last; here it describes the schema.
        super().__init__(min_length=least, max_length=most, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list):
            if len(data) < (self.min_length or 0):
                self.fail("too_few", least=self.min_length)
            if len(data) > (self.max_length or 0):
                self.fail("too_many", most=self.max_length)
        return super().to_internal_value(data)


class EmbeddingOptionsSerializer(serializers.Serializer[Any]):
    encoding = serializers.ChoiceField(
        choices=["float", "base64"],
        default="float",
        error_messages={"invalid_choice": gettext_lazy("Choose float or base64.")},
        help_text="`base64`: 2,048 bytes, 512 little-endian float32.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("texts", "pictures")) != 1:
            raise serializers.ValidationError(
                _("Give either texts or pictures, not both."), code="exactly_one"
            )
        return attrs


class EmbeddingQuestionSerializer(EmbeddingOptionsSerializer):
    """Either `texts` or `images`."""

    texts = ShortList(child=QueryText(), most=batches.MOST_TEXTS, required=False)
    images = ShortList(
        child=serializers.CharField(),
        most=batches.MOST_PICTURES,
        source="pictures",
        required=False,
        help_text="Picture files in base64, also as data: addresses.",
    )


class EmbeddingFormSerializer(EmbeddingOptionsSerializer):
    """Either `text` or `image`, each as often as wanted."""

    text = ShortList(child=QueryText(), most=batches.MOST_TEXTS, source="texts", required=False)
    image = ShortList(
        child=serializers.FileField(allow_empty_file=True),
        most=batches.MOST_PICTURES,
        source="pictures",
        required=False,
    )


class TemplateField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value.count(classify.PLACE) != 1:
            raise serializers.ValidationError(
                _("A template has exactly one {}, where the label goes."), code="placeholder"
            )
        return value


class LabelsSerializer(serializers.Serializer[Any]):
    labels = ShortList(
        child=serializers.CharField(max_length=classify.LONGEST),
        least=classify.LEAST_LABELS,
        most=classify.MOST_LABELS,
        help_text="Different from each other.",
    )
    templates = ShortList(
        child=TemplateField(max_length=classify.LONGEST),
        most=classify.MOST_TEMPLATES,
        least=0,
        required=False,
        help_text="Sentences with one {}; `a photo of a {}` if not given, and "
        "`一张{}的照片` for labels with Chinese characters. Labels times templates: "
        f"{classify.MOST_PROMPTS} at most.",
    )

    def validate_labels(self, labels: list[str]) -> list[str]:
        if len(set(classify.normalised(labels))) != len(labels):
            raise serializers.ValidationError(_("Two of the labels are the same."), code="unique")
        return labels

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        most = classify.MOST_PROMPTS
        if len(attrs["labels"]) * len(attrs.get("templates", ())) > most:
            message = _("Labels times templates are more than %(most)s.") % {"most": most}
            raise serializers.ValidationError({"templates": [message]}, code="too_many")
        return attrs


class PictureLabelsSerializer(LabelsSerializer):
    image = serializers.FileField(allow_empty_file=True)
