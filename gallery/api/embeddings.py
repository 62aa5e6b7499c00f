"""Vectors of texts or pictures, several per request. Nothing is stored."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.body_limits import PictureBodyView
from gallery.api.encoder_request_serializers import (
    EmbeddingFormSerializer,
    EmbeddingSerializer,
)
from gallery.api.parsers import LongJSONParser
from gallery.api.problems import GalleryProblem
from gallery.api.throttles import EncoderRequests
from gallery.api.view import ApiView
from gallery.core.config import config
from gallery.core.errors import GalleryError, InvalidInput
from gallery.embeddings import batches
from gallery.embeddings.batches import Batch
from gallery.models import WIDTH


class NotBase64(InvalidInput):
    code = "invalid_base64"


class ItemProblem(GalleryProblem):
    """An error about one item of a list, with the index of the item."""

    def __init__(self, field: str, error: GalleryError) -> None:
        super().__init__(error)
        item: Any = {str(error.data["index"]): [ErrorDetail(error.message, error.code)]}
        self.detail = {field: item}


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
    throttle_classes = [EncoderRequests]
    parser_classes = [LongJSONParser, MultiPartParser]
    serializer_class = EmbeddingsSerializer

    @extend_schema(
        operation_id="embeddings",
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
        field = f"{'text' if 'texts' in values else 'image'}{'' if is_form else 's'}"
        try:
            batch = _encode(values)
        except GalleryError as error:
            if "index" in error.data:
                raise ItemProblem(field, error) from error
            raise
        return Response(_body(batch, values["encoding"]))


def _encode(values: dict[str, Any]) -> Batch:
    if "texts" in values:
        return batches.of_texts(values["texts"])
    pictures: list[str] | list[UploadedFile[Any]] = values["pictures"]
    return batches.of_pictures(
        _decoded(pictures) if isinstance(pictures[0], str) else [file.read() for file in pictures]
    )


def _decoded(texts: Sequence[str]) -> list[bytes]:
    """Decode base64. Pictures over the size limit are refused before they are decoded."""
    remaining = config().max_file_size
    pictures = []
    for index, text in enumerate(texts):
        if text.startswith("data:"):
            text = text.partition(",")[2]
        text = "".join(text.split())  # Some tools break the lines.
        remaining -= len(text) * 3 // 4 - 2
        if remaining < 0:
            raise batches.at_index(index, batches.too_large())
        try:
            pictures.append(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise batches.at_index(index, NotBase64(_("Invalid base64."))) from None
    return pictures


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
