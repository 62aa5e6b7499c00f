"""Upload, list, read, change and delete images."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.body_limits import PictureBodyView
from gallery.api.fields import LimitField
from gallery.api.filters import ImageFilterParameters, filter_from
from gallery.api.pagination import NewestFirst
from gallery.api.permissions import ReadOrUpload
from gallery.api.problems import Conflict
from gallery.api.request_serializers import ImageChangesSerializer, ImageUploadSerializer
from gallery.api.response_serializers import ImageSerializer
from gallery.api.throttles import AnonymousUpload
from gallery.api.vectors import ImageWithVectorSerializer, VectorOptionSerializer, own_vector
from gallery.api.view import ApiView
from gallery.ingest import accept, change
from gallery.models import Image
from gallery.search.filters import matching


class ImageListSerializer(ImageFilterParameters):
    """Filters and the page of a list."""

    limit = LimitField(help_text="Images on a page.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")


class ImagesView(PictureBodyView, ApiView):
    permission_classes = [ReadOrUpload]
    throttle_classes = [AnonymousUpload]
    parser_classes = [MultiPartParser]
    serializer_class = ImageSerializer
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="images_list",
        parameters=[ImageListSerializer],
        responses=ImageSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the images you can see, newest first."""
        parameters = ImageListSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        conditions = filter_from(dict(parameters.validated_data))
        # As on the page: only people who can do something about it see a picture that failed.
        if not getattr(request.user, "is_superuser", False):
            conditions = replace(conditions, hide_failed_of_others=True)
        visible = Image.objects.visible_to(request.user).select_related("owner")
        page = self.paginate_queryset(matching(visible, conditions, user=request.user))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        request={"multipart/form-data": ImageUploadSerializer},
        responses={200: ImageSerializer, 201: ImageSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload a picture: 201, or 200 with your existing image if it is a duplicate."""
        serializer = ImageUploadSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        file = fields.pop("file")
        owner = request.user if request.user.is_authenticated else None
        accepted = accept.accept(file.chunks(), owner=owner, file_name=file.name, **fields)
        body = self.get_serializer(accepted.image).data
        return Response(
            body,
            status=201 if accepted.created else 200,
            headers={"Location": request.build_absolute_uri(f"{accepted.image.pk}/")},
        )


class OneImageView(ApiView):
    """Base of the views of one image: 404 if it is not visible, 403 if it cannot be changed."""

    serializer_class: Any = ImageSerializer

    def visible(self, pk: uuid.UUID) -> Image:
        images = Image.objects.visible_to(self.request.user).select_related("owner")
        return cast(Image, get_object_or_404(images, pk=pk))

    def changeable(self, pk: uuid.UUID) -> Image:
        image = self.visible(pk)
        if not Image.objects.changeable_by(self.request.user).filter(pk=pk).exists():
            raise PermissionDenied(_("You don't have permission to change this picture."))
        return image


class ImageView(OneImageView):
    @extend_schema(parameters=[VectorOptionSerializer], responses=ImageWithVectorSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Get one image. Poll its `status` until it is `ready` or `failed`."""
        options = VectorOptionSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        image = self.visible(pk)
        body = self.get_serializer(image).data
        if options.validated_data.get("with_vector"):
            body["vector"] = own_vector(image, request.user)
        return Response(body)

    @extend_schema(request=ImageChangesSerializer)
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change title, caption, visibility, date taken, metadata or external ID."""
        image = self.changeable(pk)
        serializer = ImageChangesSerializer(
            data=request.data, partial=True, context={"request": request}
        )
        serializer.is_valid(raise_exception=True)
        change.edit(image, **serializer.validated_data)
        return Response(self.get_serializer(self.visible(pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete an image and its files."""
        image = self.changeable(pk)
        change.delete(image)
        return Response(status=204)


class RetryView(OneImageView):
    @extend_schema(operation_id="images_retry", request=None)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Retry processing a failed or quarantined image."""
        image = self.changeable(pk)
        if not change.retry(image):
            raise Conflict(_("Only failed pictures can be retried."))
        return Response(self.get_serializer(self.visible(pk)).data)
