"""The answers of the search endpoints."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers

from gallery.api.images.responses import ImageSerializer
from gallery.api.searching.intents import IntentSerializer
from gallery.search.query import Band, Hit, Reason


class HitSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="image.pk")
    similarity = serializers.FloatField(
        allow_null=True,
        help_text="Cosine similarity, from -1 to 1; `null` if it was not computed.",
    )
    band = serializers.ChoiceField(
        choices=[band.value for band in Band],
        allow_null=True,
        help_text="How well it matches; `null` if that is not known.",
    )
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=[reason.value for reason in Reason]),
        help_text="What matches: fields whose words do, and the meaning.",
    )
    copies = serializers.IntegerField(help_text="Near-duplicates that are folded into it.")
    image = ImageSerializer()

    def to_representation(self, instance: Hit) -> dict[str, Any]:
        return {
            "id": str(instance.image.pk),
            "similarity": instance.similarity,
            "band": instance.band,
            "reasons": list(instance.reasons),
            "copies": instance.copies,
            "image": self._images.to_representation(instance.image),
        }

    @cached_property
    def _images(self) -> ImageSerializer:
        return ImageSerializer(context=self.context)


class HitWithVectorSerializer(HitSerializer):
    vector = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        required=False,
        help_text="Only with `with_vector`: the stored unit vector; `null` for images of others.",
    )

    def to_representation(self, instance: Hit) -> dict[str, Any]:
        vector = None if instance.vector is None else list(instance.vector)
        return {**super().to_representation(instance), "vector": vector}


class TotalSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    exact = serializers.BooleanField(help_text="False for an estimate or a lower bound.")


class SearchAnswerSerializer(serializers.Serializer[Any]):
    """`pending` counts visible images that are not searchable yet."""

    results = HitWithVectorSerializer(many=True, source="hits")
    next = serializers.URLField(
        allow_null=True, help_text="URL of the next page; `null` in the answer to a POST."
    )
    cursor = serializers.CharField(
        allow_null=True, help_text="`cursor` of the next page, for the same search."
    )
    total = TotalSerializer(help_text="How many images match.")
    encoder = serializers.CharField()
    took_ms = serializers.FloatField()
    pending = serializers.IntegerField()
    nothing_close = serializers.BooleanField(
        help_text="True if even the best result probably does not match the query."
    )
    meaning_unavailable = serializers.BooleanField(
        help_text="True if the encoder is not available and only words were compared."
    )
    taste_adjusted = serializers.BooleanField(
        help_text="True if `taste` was set and the search was moved towards your interests."
    )
    not_understood = serializers.ListField(
        child=serializers.CharField(),
        help_text="Parts of `q` that look like filters but are not; they were searched as words.",
    )
    intent = IntentSerializer(
        allow_null=True, help_text="What was understood; `null` unless the request has `intent`."
    )
    image_keys = serializers.ListField(
        child=serializers.CharField(),
        help_text="Keys of the uploaded images for `image_key` of a term, valid for an hour after "
        "their last use.",
    )
