"""Delete or change many images in one request, each with its own result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.idempotent import idempotent
from gallery.api.images.bulk_requests import (
    BulkDeletedSerializer,
    BulkDeleteSerializer,
    BulkUpdatedSerializer,
    BulkUpdateSerializer,
)
from gallery.api.images.listed_image import ListedImageSerializer
from gallery.api.images.versions import version_in
from gallery.api.problems import GalleryProblem, PreconditionFailed, problem
from gallery.api.view import ApiView
from gallery.ingest import many
from gallery.models import Image

Errors = dict[uuid.UUID, APIException]


class _BulkView(ApiView):
    permission_classes = [IsAuthenticated]
    with_body = frozenset({"POST"})

    def _locked(self, items: list[dict[str, Any]]) -> tuple[dict[uuid.UUID, Image], Errors]:
        """The images that this person may change and that have the version named, and the errors
        of the others."""
        images = many.locked([item["id"] for item in items], self.request.user)
        checked = [images[i["id"]] for i in items if "version" in i and i["id"] in images]
        versions = self._versions(checked)
        errors: Errors = {}
        for item in items:
            key = item["id"]
            if key not in images:
                errors[key] = NotFound(_("There is no such image that you may change."))
            elif key in versions and version_in(item["version"]) != versions[key]:
                errors[key] = PreconditionFailed()
        return {key: image for key, image in images.items() if key not in errors}, errors

    def _versions(self, images: Sequence[Image]) -> dict[uuid.UUID, str]:
        context = {**self.get_serializer_context(), "images": images}
        answers = ListedImageSerializer(images, many=True, context=context).data
        return {image.pk: answer["version"] for image, answer in zip(images, answers, strict=True)}


class BulkDeleteView(_BulkView):
    serializer_class: Any = BulkDeletedSerializer

    @extend_schema(operation_id="delete_images", request=BulkDeleteSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        """Delete up to 500 images and their files; an error of one leaves the others."""
        serializer = BulkDeleteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        items = serializer.validated_data["images"]
        with transaction.atomic():
            images, errors = self._locked(items)
            many.delete_all(images)
        results = [{"id": item["id"], "error": _error(errors, item)} for item in items]
        return Response(self.get_serializer({"results": results}).data)


class BulkUpdateView(_BulkView):
    serializer_class: Any = BulkUpdatedSerializer

    @extend_schema(operation_id="update_images", request=BulkUpdateSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        """Change fields of up to 500 images; an error of one leaves the others."""
        serializer = BulkUpdateSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        items = serializer.validated_data["images"]
        with transaction.atomic():
            images, errors = self._locked(items)
            changes = {item["id"]: _fields(item) for item in items if item["id"] in images}
            refused = many.edit_all(images, changes)
            changed = Image.objects.filter(pk__in=images.keys() - refused.keys())
            versions = self._versions(list(changed.select_related("owner")))
        errors |= {key: GalleryProblem(error) for key, error in refused.items()}
        results = [
            {"id": item["id"], "version": versions.get(item["id"]), "error": _error(errors, item)}
            for item in items
        ]
        return Response(self.get_serializer({"results": results}).data)


def _fields(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("id", "version")}


def _error(errors: Errors, item: Mapping[str, Any]) -> dict[str, str] | None:
    error = errors.get(item["id"])
    if error is None:
        return None
    body = problem(error)
    return {"code": body["code"], "message": body["detail"]}
