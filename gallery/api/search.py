"""Search by text, images of the gallery, uploaded images, vectors, or several of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from gallery.api.body_limits import PictureBodyView
from gallery.api.images import OneImageView
from gallery.api.parsers import ShallowJSONParser
from gallery.api.searching.answers import (
    HitSerializer,
    HitWithVectorSerializer,
    SearchAnswerSerializer,
)
from gallery.api.searching.requests import (
    SearchFormSerializer,
    SearchSerializer,
    SimilarSerializer,
    TextSearchSerializer,
    query_of,
)
from gallery.api.throttles import AnonymousSearch
from gallery.api.view import ApiView
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery

# Serializers keep nothing of a request, and creating their fields takes longer than a check.
_TEXT_SEARCH = TextSearchSerializer()
_BODY = SearchSerializer()
_FORM = SearchFormSerializer()
_SIMILAR = SimilarSerializer()


class SearchAnswers(ApiView):
    """Base of the views that answer with hits."""

    throttle_classes = [AnonymousSearch]
    serializer_class: Any = SearchAnswerSerializer

    def answer(
        self,
        query: SearchQuery,
        *,
        not_understood: Sequence[str] = (),
        image_keys: Sequence[str] = (),
    ) -> Response:
        page = engine.search(query, self.request.user)
        hit_serializer = HitWithVectorSerializer if query.with_vector else HitSerializer
        context = self.get_serializer_context()
        values = {
            name: getattr(page, name)
            for name in ("total", "encoder", "took_ms", "pending", "nothing_close")
        }
        body = {
            "results": hit_serializer(page.hits, many=True, context=context).data,
            "next": self._next(page.next) if page.next else None,
            "cursor": page.next or None,
            **values,
            "meaning_unavailable": page.meaning_unavailable,
            "not_understood": list(not_understood),
            "image_keys": list(image_keys),
        }
        body["total"] = {"count": page.total.count, "exact": page.total.exact}
        return Response(body)

    def _next(self, cursor: str) -> str | None:
        if self.request.method != "GET":
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


class SearchView(PictureBodyView, SearchAnswers):
    post_reads = True
    parser_classes = [ShallowJSONParser, MultiPartParser]

    @extend_schema(operation_id="search", parameters=[TextSearchSerializer])
    def get(self, request: Request) -> Response:
        """Search images by text."""
        values = _TEXT_SEARCH.run_validation(request.query_params)
        query, not_understood = query_of(values)
        if query == SearchQuery(limit=query.limit):
            raise serializers.ValidationError({"q": [_("This field is required.")]}, "required")
        return self.answer(query, not_understood=not_understood)

    @extend_schema(
        operation_id="search_with",
        request={
            "application/json": SearchSerializer,
            "multipart/form-data": SearchFormSerializer,
        },
        responses=SearchAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """Search by text, images of the gallery, uploaded images, vectors, or several of them."""
        is_form = isinstance(request.data, QueryDict)
        values = (_FORM if is_form else _BODY).run_validation(request.data)
        files = values.pop("image", ())
        keys = [query_pictures.remember(file.read()) for file in files]
        query, not_understood = query_of(values, keys)
        shared = [key for key in keys if query_pictures.is_shared(key)]
        return self.answer(query, not_understood=not_understood, image_keys=shared)


class SimilarView(OneImageView, SearchAnswers):
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="images_similar", parameters=[SimilarSerializer])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Images similar to this one, without itself."""
        image = self.visible(pk)
        values = _SIMILAR.run_validation(request.query_params)
        query, _not_understood = query_of({**values, "image_id": image.pk})
        return self.answer(query)
