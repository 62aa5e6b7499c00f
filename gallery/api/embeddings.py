"""Vectors for programs: of texts or of pictures, several at a time; nothing is kept."""

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

from gallery.api.problems import Refusal
from gallery.api.throttles import WindowThrottle
from gallery.api.uploads import TakesPicture
from gallery.api.vector_questions import (
    EmbeddingFormSerializer,
    EmbeddingOptionsSerializer,
    EmbeddingQuestionSerializer,
    LongJSONParser,
)
from gallery.api.view import ApiView
from gallery.core.config import config
from gallery.core.errors import GalleryError, InvalidInput
from gallery.embeddings import batches
from gallery.embeddings.batches import Batch
from gallery.models import WIDTH


class EncoderRequests(WindowThrottle):
    """Per account: each request may keep the processor busy for seconds."""

    scope = "encoder"
    rate = "60/m"

    def subject(self, request: Request) -> str | None:
        return f"user {request.user.pk}" if request.user.is_authenticated else None


class NotBase64(InvalidInput):
    code = "invalid_base64"


class ItemRefusal(Refusal):
    """Says which item of a list an error is about."""

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
    """One unit vector per text or picture, in the order asked."""

    encoder = serializers.CharField()
    fingerprint = serializers.CharField(
        help_text="Only vectors of the same fingerprint may be compared."
    )
    width = serializers.IntegerField()
    embeddings = VectorsField()


class EmbeddingsView(TakesPicture, ApiView):
    permission_classes = [IsAuthenticated]
    throttle_classes = [EncoderRequests]
    parser_classes = [LongJSONParser, MultiPartParser]
    serializer_class = EmbeddingsSerializer

    @extend_schema(
        operation_id="embeddings",
        request={
            "application/json": EmbeddingQuestionSerializer,
            "multipart/form-data": EmbeddingFormSerializer,
        },
        responses=EmbeddingsSerializer,
    )
    def post(self, request: Request) -> Response:
        """Vectors of texts or pictures, as searching uses them."""
        is_form = isinstance(request.data, QueryDict)
        question = _FORMS[is_form](data=request.data)
        question.is_valid(raise_exception=True)
        asked = dict(question.validated_data)
        field = f"{'text' if 'texts' in asked else 'image'}{'' if is_form else 's'}"
        try:
            found = _batch(asked)
        except GalleryError as error:
            raise ItemRefusal(field, error) if "index" in error.data else error from error
        return Response(_said(found, asked["encoding"]))


_FORMS: dict[bool, type[EmbeddingOptionsSerializer]] = {
    True: EmbeddingFormSerializer,
    False: EmbeddingQuestionSerializer,
}


def _batch(asked: dict[str, Any]) -> Batch:
    if "texts" in asked:
        return batches.of_texts(asked["texts"])
    pictures: list[str] | list[UploadedFile[Any]] = asked["pictures"]
    return batches.of_pictures(
        _decoded(pictures) if isinstance(pictures[0], str) else [file.read() for file in pictures]
    )


def _decoded(texts: Sequence[str]) -> list[bytes]:
    """From base64; what is too long is refused before it is decoded."""
    room = config().max_file_size
    pictures = []
    for index, text in enumerate(texts):
        if text.startswith("data:"):
            text = text.partition(",")[2]
        text = "".join(text.split())  # tools wrap the lines
        room -= len(text) * 3 // 4 - 2
        if room < 0:
            raise batches.at(index, batches.too_large())
        try:
            pictures.append(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise batches.at(index, NotBase64(_("This is not base64."))) from None
    return pictures


def _said(batch: Batch, encoding: str) -> dict[str, Any]:
    vectors = batch.vectors.astype("<f4")
    return {
        "encoder": batch.space.encoder,
        "fingerprint": batch.space.fingerprint,
        "width": vectors.shape[1],
        "embeddings": [base64.b64encode(vector.tobytes()).decode() for vector in vectors]
        if encoding == "base64"
        else vectors.tolist(),
    }
