"""Vectors of texts or pictures, several per request. Nothing is stored."""

from __future__ import annotations

import base64
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import EncoderRequests
from gallery.api.body_limits import PictureBodyView
from gallery.api.encoder.requests import (
    EmbeddingFormSerializer,
    EmbeddingSerializer,
)
from gallery.api.parsers import LongJSONParser
from gallery.api.problems import ItemProblem
from gallery.api.view import ApiView
from gallery.core.errors import GalleryError
from gallery.embeddings import batches
from gallery.embeddings.batches import Batch
from gallery.models import WIDTH

_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": WIDTH, "maxItems": WIDTH}


@extend_schema_field(
    {
        "type": "array",
        "items": {"oneOf": [_NUMBERS, {"type": "string", "format": "byte"}]},
    }
)
class VectorsField(serializers.Field[Any, Any, Any, Any]):
    pass


class EmbeddingsSerializer(serializers.Serializer[Any]):
    """One unit vector per text or picture, in the order of the request."""

    encoder = serializers.CharField()
    fingerprint = serializers.CharField(
        help_text="Vectors can be compared only if their fingerprints are equal."
    )
    width = serializers.IntegerField()
    embeddings = VectorsField()


class EmbeddingsView(PictureBodyView, ApiView):
    permission_classes = [IsAuthenticated]
    post_reads = True
    throttle_classes = [EncoderRequests]
    parser_classes = [LongJSONParser, MultiPartParser]
    serializer_class = EmbeddingsSerializer
    with_body = frozenset({"POST"})

    @extend_schema(
        operation_id="compute_embeddings",
        request={
            "application/json": EmbeddingSerializer,
            "multipart/form-data": EmbeddingFormSerializer,
        },
        responses=EmbeddingsSerializer,
    )
    def post(self, request: Request) -> Response:
        """Compute the vectors that search uses, of texts or pictures."""
        is_form = isinstance(request.data, QueryDict)
        checks = EmbeddingFormSerializer if is_form else EmbeddingSerializer
        serializer = checks(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        try:
            batch = _encode(values)
        except GalleryError as error:
            if "index" in error.data:
                field = "texts" if "texts" in values else "images"
                raise ItemProblem(field, error.data["index"], error) from error
            raise
        return Response(_body(batch, values["encoding"]))


def _encode(values: dict[str, Any]) -> Batch:
    if "texts" in values:
        return batches.of_texts(values["texts"])
    return batches.of_pictures([file.read() for file in values["pictures"]])


def _body(batch: Batch, encoding: str) -> dict[str, Any]:
    vectors = batch.vectors.astype("<f4")
    return {
        "encoder": batch.space.encoder,
        "fingerprint": batch.space.fingerprint,
        "width": vectors.shape[1],
        "embeddings": [base64.b64encode(vector.tobytes()).decode() for vector in vectors]
        if encoding == "base64"
        else vectors.tolist(),
    }
