"""Why a tag is suggested for an image."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.images.views import OneImageView
from gallery.curation.tags.suggestions import why
from gallery.models import ImageTag


class TagReasonSerializer(serializers.Serializer[why.Explanation]):
    score = serializers.FloatField(
        allow_null=True, help_text="Cosine similarity of image and tag; null without a suggestion."
    )
    threshold = serializers.FloatField(
        allow_null=True,
        help_text="The least score of a suggestion; null if it is not measured. Below it, or with "
        "a share of less than 0.3 among the tags of its kind, the tag is not suggested.",
    )
    similar = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="The most similar images that have the tag and that you can see, at most 3.",
    )


class TagReasonView(OneImageView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = TagReasonSerializer

    @extend_schema(operation_id="explain_image_tag")
    def get(self, request: Request, pk: uuid.UUID, tag_id: int) -> Response:
        """Explain a tag of an image that you may change: its score, and similar images with it."""
        rows = ImageTag.objects.filter(image=self.changeable(pk))
        row = get_object_or_404(rows, tag_id=tag_id)
        return Response(self.get_serializer(why.reason_of(row, user=request.user)).data)
