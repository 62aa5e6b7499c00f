"""Search by text, by an image of the gallery or by an uploaded picture."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.body_limits import PictureBodyView
from gallery.api.images import OneImageView
from gallery.api.parsers import ShallowJSONParser
from gallery.api.request_serializers import (
    DEFAULT_LIMIT,
    LimitSerializer,
    SearchSerializer,
    SearchWithPictureSerializer,
    TextSearchSerializer,
)
from gallery.api.response_serializers import SearchAnswerSerializer
from gallery.api.throttles import AnonymousSearch
from gallery.api.view import ApiView
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery, Term, similar_to


class SearchView(PictureBodyView, ApiView):
    post_reads = True
    throttle_classes = [AnonymousSearch]
    parser_classes = [ShallowJSONParser, MultiPartParser]
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="search", parameters=[TextSearchSerializer])
    def get(self, request: Request) -> Response:
        """Search images by text."""
        values = _validated(TextSearchSerializer(data=request.query_params))
        values["text"] = values.pop("q")
        return self.search(values)

    @extend_schema(
        operation_id="search_with",
        request={
            "application/json": SearchSerializer,
            "multipart/form-data": SearchWithPictureSerializer,
        },
        responses=SearchAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """Search by text, by an image of the gallery or by an uploaded picture."""
        values = _validated(SearchWithPictureSerializer(data=request.data))
        if image := values.pop("image", None):
            values["picture"] = query_pictures.remember(image.read())
        return self.search(values)

    def search(self, values: dict[str, Any]) -> Response:
        image_id, picture = values.pop("image_id", None), values.pop("picture", "")
        if image_id or picture:
            values["terms"] = (Term(image_id=image_id, picture=picture),)
        query = SearchQuery(**{"limit": DEFAULT_LIMIT, **values})
        return Response(self.get_serializer(engine.search(query, self.request.user)).data)


class SimilarView(OneImageView):
    throttle_classes = [AnonymousSearch]
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="images_similar", parameters=[LimitSerializer])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Images similar to this one, without itself."""
        image = self.visible(pk)
        values = _validated(LimitSerializer(data=request.query_params))
        query = similar_to(image.pk, **{"limit": DEFAULT_LIMIT, **values})
        return Response(self.get_serializer(engine.search(query, request.user)).data)


def _validated(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
