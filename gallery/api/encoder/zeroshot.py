"""Zero-shot classification: scores of any labels for a picture."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import EncoderRequests
from gallery.api.body_limits import PictureBodyView
from gallery.api.encoder.requests import (
    LabelsSerializer,
    PictureLabelsFormSerializer,
    PictureLabelsSerializer,
)
from gallery.api.images.views import OneImageView
from gallery.api.parsers import LongJSONParser
from gallery.api.problems import Conflict, picture_in
from gallery.api.view import ApiView
from gallery.curation import classify
from gallery.models import Image, State


class LabelScoreSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    probability = serializers.FloatField()
    similarity = serializers.FloatField(help_text="Cosine similarity, from -1 to 1.")


class ClassificationSerializer(serializers.Serializer[Any]):
    """Best first. The probabilities of the given labels add up to 1."""

    encoder = serializers.CharField(source="space.encoder")
    fingerprint = serializers.CharField(source="space.fingerprint")
    logit_scale = serializers.FloatField(
        help_text="The factor on cosine similarities before the softmax."
    )
    results = LabelScoreSerializer(many=True, source="scores")


class ImageZeroShotView(OneImageView):
    permission_classes = [IsAuthenticated]
    post_reads = True
    throttle_classes = [EncoderRequests]
    serializer_class = ClassificationSerializer
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="classify_image", request=LabelsSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Score labels for an image."""
        image = self.visible(pk)
        serializer = LabelsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        classification = classify.classify_image(image, **serializer.validated_data)
        if classification is None:
            raise Conflict(_why_no_vector(image))
        return Response(self.get_serializer(classification).data)


class ZeroShotView(PictureBodyView, ApiView):
    permission_classes = [IsAuthenticated]
    post_reads = True
    throttle_classes = [EncoderRequests]
    parser_classes = [LongJSONParser, MultiPartParser]
    serializer_class = ClassificationSerializer
    with_body = frozenset({"POST"})

    @extend_schema(
        operation_id="classify_picture",
        request={
            "application/json": PictureLabelsSerializer,
            "multipart/form-data": PictureLabelsFormSerializer,
        },
        responses=ClassificationSerializer,
    )
    def post(self, request: Request) -> Response:
        """Score labels for an uploaded picture."""
        is_form = isinstance(request.data, QueryDict)
        checks = PictureLabelsFormSerializer if is_form else PictureLabelsSerializer
        serializer = checks(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        picture = values.pop("image").read()
        with picture_in("image"):
            classification = classify.classify_picture(picture, **values)
        return Response(self.get_serializer(classification).data)


def _why_no_vector(image: Image) -> str:
    if image.state in (State.FAILED, State.QUARANTINED):
        return _("This picture could not be processed.")
    return _("This picture is still being processed. Try again later.")
