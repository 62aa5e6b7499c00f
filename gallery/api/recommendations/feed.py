"""Pictures that the person may like."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.fields import LimitField, SignedField
from gallery.api.images.responses import ImageSerializer
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.recommendations.feed import Recommendation, recommend
from gallery.recommendations.reasons import ReasonKind

DEFAULT_LIMIT = 24


class FeedParametersSerializer(KnownFieldsOnly):
    limit = LimitField(help_text=f"Results, {DEFAULT_LIMIT} by default. There are no pages.")
    signed = SignedField()


class RecommendationReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in ReasonKind])
    image_id = serializers.UUIDField(
        allow_null=True,
        help_text="What you liked or viewed; `null` for other reasons, and if you can no longer "
        "see it.",
    )
    text = serializers.CharField(help_text="What you searched for; empty for other reasons.")


class RecommendationSerializer(serializers.Serializer[Any]):
    reason = RecommendationReasonSerializer()
    image = ImageSerializer()

    def to_representation(self, instance: Recommendation) -> dict[str, Any]:
        reason = instance.reason
        return {
            "reason": {
                "kind": reason.kind.value,
                "image_id": str(reason.image.pk) if reason.image else None,
                "text": reason.text,
            },
            "image": self._images.to_representation(instance.image),
        }

    @cached_property
    def _images(self) -> ImageSerializer:
        return ImageSerializer(context=self.context)


class RecommendationsSerializer(serializers.Serializer[Any]):
    results = RecommendationSerializer(many=True)
    is_personal = serializers.BooleanField(
        help_text="False until you have liked something: then all are new, popular or random."
    )


class RecommendationsView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = RecommendationsSerializer
    with_parameters = frozenset({"GET"})

    @extend_schema(operation_id="list_recommendations", parameters=[FeedParametersSerializer])
    def get(self, request: Request) -> Response:
        """List images for you: unseen ones first, without those that you have judged."""
        parameters = FeedParametersSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = parameters.validated_data
        feed = recommend(request.user, limit=values.get("limit", DEFAULT_LIMIT))
        context = self.context_with(values.get("signed"))
        body = {"results": feed.recommendations, "is_personal": feed.is_personal}
        answer = RecommendationsSerializer(body, context=context).data
        return Response(answer, headers={"Cache-Control": "no-store"})
