"""Search by words, by an image of the gallery or by a picture from outside."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.images import OneImage
from gallery.api.questions import (
    DEFAULT_LIMIT,
    LimitsSerializer,
    SearchSerializer,
    SearchWithPictureSerializer,
    TextSearchSerializer,
)
from gallery.api.representations import SearchAnswerSerializer
from gallery.api.throttles import AnonymousSearch
from gallery.api.uploads import TakesPicture
from gallery.api.view import ApiView, ShallowJSONParser
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery


class SearchView(TakesPicture, ApiView):
    post_reads = True
    throttle_classes = [AnonymousSearch]
    parser_classes = [ShallowJSONParser, MultiPartParser]
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="search", parameters=[TextSearchSerializer])
    def get(self, request: Request) -> Response:
        """Images nearest in meaning to a text."""
        asked = _checked(TextSearchSerializer(data=request.query_params))
        asked["text"] = asked.pop("q")
        return self.answer(asked)

    @extend_schema(
        operation_id="search_with",
        request={
            "application/json": SearchSerializer,
            "multipart/form-data": SearchWithPictureSerializer,
        },
        responses=SearchAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """The same by a text, an image of the gallery or a picture of your own."""
        asked = _checked(SearchWithPictureSerializer(data=request.data))
        if image := asked.pop("image", None):
            asked["picture"] = query_pictures.remember(image.read())
        return self.answer(asked)

    def answer(self, asked: dict[str, Any]) -> Response:
        query = SearchQuery(**{"limit": DEFAULT_LIMIT, **asked})
        return Response(self.get_serializer(engine.search(query, self.request.user)).data)


class SimilarView(OneImage):
    throttle_classes = [AnonymousSearch]
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="images_similar", parameters=[LimitsSerializer])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Images nearest in meaning to this one, without itself."""
        image = self.visible(pk)
        asked = _checked(LimitsSerializer(data=request.query_params))
        query = SearchQuery(image_id=image.pk, **{"limit": DEFAULT_LIMIT, **asked})
        return Response(self.get_serializer(engine.search(query, request.user)).data)


def _checked(question: serializers.Serializer[Any]) -> dict[str, Any]:
    question.is_valid(raise_exception=True)
    return dict(question.validated_data)
