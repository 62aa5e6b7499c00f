"""What was understood of a sentence, as the search endpoints answer it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gallery.search.intent import Intent, Kind, Part
from gallery.search.query import Order


class IntentPartSerializer(serializers.Serializer[Any]):
    """One part of the sentence: `q[start:end]` in characters, and what it means. Spaces around `q`
    do not count."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField(help_text="The words, without commas around them.")
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in Kind], help_text="`filler` is polite and not searched for."
    )
    operator = serializers.CharField(
        allow_null=True, help_text="The operator of the search box that means the same."
    )
    words = serializers.ListField(
        child=serializers.CharField(), help_text="Of a `negative` and of a `weight`."
    )
    weight = serializers.FloatField(allow_null=True, help_text="Of `words`; the text has 1.")
    order = serializers.ChoiceField(choices=[order.value for order in Order], allow_null=True)
    limit = serializers.IntegerField(allow_null=True)


class IntentSerializer(serializers.Serializer[Any]):
    """What the sentences of `q` ask for."""

    reader = serializers.CharField(help_text="`rules`, or the name of the language model.")
    model_failed = serializers.BooleanField(
        help_text="True if the language model had no usable answer in time, and the rules read `q`."
    )
    text = serializers.CharField(help_text="The words that are compared with the images.")
    parts = IntentPartSerializer(many=True)

    def to_representation(self, instance: Intent) -> dict[str, Any]:
        parts = [_values_of(part, instance.box) for part in instance.parts]
        return {
            "reader": instance.reader,
            "model_failed": instance.model_failed,
            "text": instance.text,
            "parts": parts,
        }


def _values_of(part: Part, box: str) -> dict[str, Any]:
    start, end = part.place(box)
    return {
        "start": start,
        "end": end,
        "quote": box[start:end],
        "kind": part.kind.value,
        "operator": part.operator or None,
        "words": list(part.words),
        "weight": part.weight or None,
        "order": part.order and part.order.value,
        "limit": part.limit,
    }
