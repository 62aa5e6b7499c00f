"""Upload, list, read, change and delete images."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.permissions import ReadOrUpload
from gallery.api.access.throttles import AnonymousUpload
from gallery.api.body_limits import PictureBodyView
from gallery.api.encoder.vectors import (
    ImageWithVectorSerializer,
    ReadOptionsSerializer,
    own_vector,
)
from gallery.api.fields import LimitField, SignedField
from gallery.api.idempotent import idempotent
from gallery.api.images import uploads
from gallery.api.images.filters import ImageFilterParameters, filter_from
from gallery.api.images.listed_image import ListedImageSerializer
from gallery.api.images.pagination import ImagePagination
from gallery.api.images.requests import (
    ImageChangesSerializer,
    ImageUploadFormSerializer,
    ImageUploadSerializer,
)
from gallery.api.images.responses import ImageSerializer
from gallery.api.images.upload_answer import UploadedImageSerializer, UploadResultsSerializer
from gallery.api.images.versions import check_version, etag_of
from gallery.api.parsers import LongJSONParser
from gallery.api.problems import Conflict, PreconditionFailed
from gallery.api.view import ApiView
from gallery.ingest import change
from gallery.models import Image
from gallery.search.cursor import ListOrder
from gallery.search.filters import matching


class ImageListSerializer(ImageFilterParameters):
    """Filters, the order and the page of a list."""

    order = serializers.ChoiceField(
        choices=[order.value for order in ListOrder],
        default=ListOrder.NEWEST.value,
        help_text="`newest` and `oldest` are by the date taken, or uploaded if that is unknown.",
    )
    limit = LimitField(help_text="Images on a page, by default `GALLERY_PAGE_SIZE` (60).")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    signed = SignedField()


class ImagesView(PictureBodyView, ApiView):
    permission_classes = [ReadOrUpload]
    throttle_classes = [AnonymousUpload]
    parser_classes = [LongJSONParser, MultiPartParser]
    serializer_class = ImageSerializer
    pagination_class = ImagePagination
    with_parameters = frozenset({"GET"})
    with_body = frozenset({"POST"})
    field_of_many = "file"

    @extend_schema(
        operation_id="list_images",
        parameters=[ImageListSerializer],
        responses=ListedImageSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the images you can see, newest first unless `order` says otherwise."""
        parameters = ImageListSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = dict(parameters.validated_data)
        context = self.context_with(values.pop("signed", None))
        conditions = filter_from(values)
        # As on the page: only people who can do something about it see a picture that failed.
        if not getattr(request.user, "is_superuser", False):
            conditions = replace(conditions, hide_failed_of_others=True)
        visible = Image.objects.visible_to(request.user).select_related("owner")
        page = self.paginate_queryset(matching(visible, conditions, user=request.user))
        context["images"] = page
        answers = ListedImageSerializer(page or [], many=True, context=context).data
        return self.get_paginated_response(answers)

    @extend_schema(
        operation_id="upload_image",
        request={
            "multipart/form-data": ImageUploadFormSerializer,
            "application/json": ImageUploadSerializer,
        },
        responses={
            200: UploadedImageSerializer,
            201: UploadedImageSerializer,
            207: UploadResultsSerializer,
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Upload a picture: 201, or 200 with your image if it is a duplicate; 207 for several."""
        if "If-Match" in request.headers:
            raise PreconditionFailed(_("An upload cannot name a version. Change it with PATCH."))
        return uploads.answer(request, dict(self.get_serializer_context()))


class OneImageView(ApiView):
    """Base of the views of one image: 404 if it is not visible, 403 if it cannot be changed, 412 if
    it has another version than the one to be changed.
    """

    serializer_class: Any = ImageSerializer

    def visible(self, pk: uuid.UUID) -> Image:
        images = Image.objects.visible_to(self.request.user).select_related("owner")
        return cast(Image, get_object_or_404(images, pk=pk))

    def changeable(self, pk: uuid.UUID) -> Image:
        image = self.visible(pk)
        if not Image.objects.changeable_by(self.request.user).filter(pk=pk).exists():
            raise PermissionDenied(_("You don't have permission to change this picture."))
        return image

    def check_version(self, image: Image) -> None:
        """Raises ``PreconditionFailed`` if ``If-Match`` has other versions; else the image has this
        one until the end of the transaction.
        """
        if "If-Match" in self.request.headers:
            Image.objects.select_for_update().filter(pk=image.pk).first()
            current = self.visible(image.pk)
            check_version(self.request, self.get_serializer(current).data)


class ImageView(OneImageView):
    with_parameters = frozenset({"GET"})
    with_body = frozenset({"PATCH"})

    @extend_schema(
        operation_id="get_image",
        parameters=[ReadOptionsSerializer],
        responses=ImageWithVectorSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Get one image. Poll its `status` until it is `ready` or `failed`."""
        options = ReadOptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        image = self.visible(pk)
        context = self.context_with(options.validated_data.get("signed"))
        body = self.get_serializer(image, context=context).data
        if options.validated_data.get("with_vector"):
            body["vector"] = own_vector(image, request.user)
        return Response(body, headers={"ETag": etag_of(body)})

    @extend_schema(operation_id="update_image", request=ImageChangesSerializer)
    @idempotent
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change title, caption, visibility, date taken, metadata or external ID."""
        image = self.changeable(pk)
        serializer = ImageChangesSerializer(
            data=request.data, partial=True, context={"request": request}
        )
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            self.check_version(image)
            change.edit(image, **serializer.validated_data)
        body = self.get_serializer(self.visible(pk)).data
        return Response(body, headers={"ETag": etag_of(body)})

    @extend_schema(operation_id="delete_image", responses={204: None})
    @idempotent
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete an image and its files."""
        image = self.changeable(pk)
        with transaction.atomic():
            self.check_version(image)
            change.delete(image)
        return Response(status=204)


class RetryView(OneImageView):
    @extend_schema(operation_id="retry_image", request=None)
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Retry processing a failed or quarantined image."""
        image = self.changeable(pk)
        with transaction.atomic():
            self.check_version(image)
            if not change.retry(image):
                raise Conflict(_("Only failed pictures can be retried."))
        body = self.get_serializer(self.visible(pk)).data
        return Response(body, headers={"ETag": etag_of(body)})
