"""Labels of your own, and how probable each is for a picture."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.embeddings import EncoderRequests
from gallery.api.images import OneImage
from gallery.api.problems import Conflict
from gallery.api.uploads import TakesPicture
from gallery.api.vector_questions import LabelsSerializer, PictureLabelsSerializer
from gallery.api.view import ApiView
from gallery.curation import classify
from gallery.models import Image, State


class LabelScoreSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    probability = serializers.FloatField()
    similarity = serializers.FloatField(help_text="Cosine similarity, from -1 to 1.")


class ClassificationSerializer(serializers.Serializer[Any]):
    """Best first; the probabilities add up to 1. They compare the given labels only."""

    encoder = serializers.CharField(source="space.encoder")
    fingerprint = serializers.CharField(source="space.fingerprint")
    logit_scale = serializers.FloatField(
        help_text="What the encoder multiplies cosines with, before the softmax."
    )
    results = LabelScoreSerializer(many=True, source="scores")


class ImageZeroShotView(OneImage):
    permission_classes = [IsAuthenticated]
    throttle_classes = [EncoderRequests]
    serializer_class = ClassificationSerializer

    @extend_schema(operation_id="images_zero_shot", request=LabelsSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """How probable each of your labels is for an image."""
        image = self.visible(pk)
        question = LabelsSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        found = classify.classify_image(image, **question.validated_data)
        if found is None:
            raise Conflict(_why_not(image))
        return Response(self.get_serializer(found).data)


class ZeroShotView(TakesPicture, ApiView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [EncoderRequests]
    parser_classes = [MultiPartParser]
    serializer_class = ClassificationSerializer

    @extend_schema(
        operation_id="zero_shot",
        request={"multipart/form-data": PictureLabelsSerializer},
        responses=ClassificationSerializer,
    )
    def post(self, request: Request) -> Response:
        """How probable each of your labels is for a picture of your own."""
        question = PictureLabelsSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        asked = dict(question.validated_data)
        picture = asked.pop("image").read()
        return Response(self.get_serializer(classify.classify_picture(picture, **asked)).data)


def _why_not(image: Image) -> str:
    if image.state in (State.FAILED, State.QUARANTINED):
        return _("This picture could not be processed, so there is nothing to compare.")
    return _("This picture is still being processed. Try again soon.")
