"""Search by text, images of the gallery, uploaded images, vectors, or several of them."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from gallery.api.access.throttles import AnonymousSearch
from gallery.api.body_limits import PictureBodyView
from gallery.api.images.views import OneImageView
from gallery.api.parsers import LongJSONParser
from gallery.api.searching.answers import (
    HitSerializer,
    HitWithVectorSerializer,
    SearchAnswerSerializer,
)
from gallery.api.searching.intents import IntentSerializer
from gallery.api.searching.places import named_in
from gallery.api.searching.read_request import ReadRequest, read_request
from gallery.api.searching.requests import (
    SearchFormSerializer,
    SearchSerializer,
    SimilarSerializer,
    TextSearchSerializer,
)
from gallery.api.searching.url_terms import check_before_fetching, fetched_pictures, url_terms
from gallery.api.view import ApiView
from gallery.core.request_origin import is_own_request
from gallery.recommendations.search_taste import preferred_images
from gallery.search import engine, query_pictures
from gallery.search.query import Mode, SearchQuery

# Serializers keep nothing of a request, and creating their fields takes longer than a check.
_TEXT_SEARCH = TextSearchSerializer()
_BODY = SearchSerializer()
_FORM = SearchFormSerializer()
_SIMILAR = SimilarSerializer()


class SearchAnswers(ApiView):
    """Base of the views that answer with hits."""

    throttle_classes = [AnonymousSearch]
    serializer_class: Any = SearchAnswerSerializer
    with_parameters = frozenset({"GET"})

    def answer(
        self,
        read: ReadRequest,
        *,
        signed: int | None = None,
        image_keys: Sequence[str] = (),
    ) -> Response:
        query = read.query
        page = engine.search(query, self.request.user)
        hit_serializer = HitWithVectorSerializer if query.with_vector else HitSerializer
        context = {**self.context_with(signed), "images": [hit.image for hit in page.hits]}
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
            "taste_adjusted": bool(query.preferred) and not page.meaning_unavailable,
            "not_understood": list(read.not_understood),
            "intent": read.intent and IntentSerializer(read.intent).data,
            "image_keys": list(image_keys),
        }
        body["total"] = {"count": page.total.count, "exact": page.total.exact}
        # Without an ETag, which could never match: ``took_ms`` and the cursor always differ.
        return Response(body, headers={"Cache-Control": "no-store"})

    def adjusted(self, read: ReadRequest, taste: bool) -> ReadRequest:
        """With pictures of the person's taste, if ``taste`` is True and there are some."""
        if not taste or read.query.mode == Mode.WORDS:
            return read
        preferred = preferred_images(self.request.user, read.query.text)
        query = dataclasses.replace(read.query, preferred=preferred)
        return dataclasses.replace(read, query=query)

    def _next(self, cursor: str) -> str | None:
        if self.request.method != "GET":
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


class SearchView(PictureBodyView, SearchAnswers):
    post_reads = True
    with_body = frozenset({"POST"})
    parser_classes = [LongJSONParser, MultiPartParser]

    @extend_schema(operation_id="search_by_text", parameters=[TextSearchSerializer])
    def get(self, request: Request) -> Response:
        """Search images by text."""
        values = _TEXT_SEARCH.run_validation(request.query_params)
        signed, taste = values.pop("signed", None), values.pop("taste", False)
        # A token is never sent by a foreign page, unlike the cookie of a login.
        may_use_model = request.auth is not None or is_own_request(request)
        read = read_request(values, request.user, may_use_model=may_use_model)
        if read.query == SearchQuery(limit=read.query.limit):
            raise serializers.ValidationError({"q": [_("This field is required.")]}, "required")
        return self.answer(self.adjusted(read, taste), signed=signed)

    @extend_schema(
        operation_id="search_by_terms",
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
        files, signed = values.pop("images", ()), values.pop("signed", None)
        taste = values.pop("taste", False)
        by_url = url_terms(values)
        if by_url:
            if not request.user.is_authenticated:
                raise NotAuthenticated
            check_before_fetching(values)
        places = [*(f"images.{number}" for number in range(len(files))), *by_url]
        fetched = fetched_pictures(by_url, request.user, first=len(files))
        pictures = chain((file.read() for file in files), fetched)
        with named_in(values, places), query_pictures.remembered(pictures) as keys:
            for terms, key in zip(by_url.values(), keys[len(files) :], strict=True):
                for term in terms:
                    term["image_key"] = key
            read = read_request(values, request.user, keys[: len(files)], may_use_model=True)
            read = self.adjusted(read, taste)
            shared = [key for key in keys if query_pictures.is_shared(key)]
            return self.answer(read, signed=signed, image_keys=shared)


class SimilarView(OneImageView, SearchAnswers):
    serializer_class = SearchAnswerSerializer

    @extend_schema(operation_id="find_similar_images", parameters=[SimilarSerializer])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Images similar to this one, without itself."""
        image = self.visible(pk)
        values = _SIMILAR.run_validation(request.query_params)
        signed = values.pop("signed", None)
        read = read_request({**values, "image_id": image.pk}, request.user)
        return self.answer(read, signed=signed)
