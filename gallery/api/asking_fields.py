"""The fields of questions and answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.fields import BoundedListField, UuidField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.ask.conversation import MAX_LENGTH as MAX_CONVERSATION
from gallery.ask.question import MAX_LENGTH
from gallery.core.config import config

_MOST_IMAGES = 8


class QuestionSerializer(KnownFieldsOnly):
    not_together = ("images", "q")

    question = serializers.CharField(max_length=MAX_LENGTH, help_text="In English or Chinese.")
    images = BoundedListField(
        child=UuidField(),
        required=False,
        max_length=_MOST_IMAGES,
        help_text="Only about these images.",
    )
    q = serializers.CharField(
        required=False,
        help_text="Instead of `images`: only about the results of this search, as in the search "
        "box.",
    )
    conversation = serializers.CharField(
        required=False,
        max_length=MAX_CONVERSATION,
        help_text="From the answer to the question before, so that this one continues it.",
    )
    model = serializers.BooleanField(
        default=True, help_text="False: answer from the database only, and use no budget."
    )

    def validate_q(self, value: str) -> str:
        if len(value) > config().max_query_length:
            raise serializers.ValidationError("This search is too long.", "max_length")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "images" in attrs and "q" in attrs:
            error = {"q": [_("Provide either images or q, not both.")]}
            raise serializers.ValidationError(error, code="exactly_one")
        return attrs


class NumberedImageSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="As in the citations of the answer.")
    id = serializers.UUIDField(source="key")


class AnswerSerializer(serializers.Serializer[Any]):
    facts = serializers.CharField(help_text="What the database says, and what was counted.")
    counts = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The number of images for each thing that the question names.",
    )
    images = NumberedImageSerializer(many=True)
    answer = serializers.CharField(
        help_text="Plain text of the language model; empty if no model answered."
    )
    model = serializers.CharField(allow_null=True, help_text="Its name; null if none answered.")
    cited = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The numbers of images that the answer cites. Other numbers in it are not "
        "citations.",
    )
    conversation = serializers.CharField(help_text="For the next question. Valid for a day.")
