"""What an upload answers: of one picture its image, of several one result for each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import AnonymousUpload
from gallery.api.images.requests import ImageUploadFormSerializer, ImageUploadSerializer
from gallery.api.images.responses import ImageSerializer
from gallery.api.images.versions import etag_of
from gallery.api.problems import GalleryProblem, picture_in, problem
from gallery.core import rate_limit
from gallery.core.errors import GalleryError
from gallery.core.size_limits import file_too_large
from gallery.core.upload_cap import RefusedFile, refused_files
from gallery.core.visitor import client_address
from gallery.curation.tags import by_name
from gallery.ingest.accept import Accepted, accept
from gallery.ingest.by_url import accept_url
from gallery.ingest.duplicates import OnDuplicate

MULTI_STATUS = 207


@dataclass(frozen=True)
class Stored:
    """``body`` is the answer about one picture, whose ``status`` is 201, or 200 of a duplicate."""

    status: int
    body: Mapping[str, Any]
    key: str
    etag: str


def answer(request: Request, context: dict[str, Any]) -> Response:
    """``context`` is that of a serializer of images. Raises ``ValidationError``, and for one
    picture all errors of ``accept``.
    """
    fields = _fields_of(request)
    files = fields.pop("files", None)
    if files and len(files) > 1:
        results = [
            _result(request, place, file, fields, context) for place, file in enumerate(files)
        ]
        return Response({"results": results}, status=MULTI_STATUS)
    stored = _stored(request, {**fields, "file": files[0]} if files else fields, context)
    headers = {
        "Location": request.build_absolute_uri(f"{stored.key}/"),
        "ETag": stored.etag,
    }
    return Response(stored.body, status=stored.status, headers=headers)


def _fields_of(request: Request) -> dict[str, Any]:
    """The checked fields of an upload; ``files`` are those of a form, in its order.

    Raises ``ValidationError``.
    """
    is_form = isinstance(request.data, QueryDict)
    checks = ImageUploadFormSerializer if is_form else ImageUploadSerializer
    serializer = checks(data=request.data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    fields = dict(serializer.validated_data)
    if is_form:
        fields["files"] = _in_order(fields.pop("file"), refused_files(request._request))
    if len(fields.get("files", ())) > 1 and fields.get("external_id"):
        message = _("Only one picture has an external ID: send one file.")
        raise serializers.ValidationError({"external_id": [message]})
    return fields


def _in_order(
    received: list[UploadedFile[Any]], refused: list[RefusedFile]
) -> list[UploadedFile[Any] | RefusedFile]:
    files: list[UploadedFile[Any] | RefusedFile] = list(received)
    for file in refused:
        files.insert(file.place, file)
    return files


def _result(
    request: Request,
    place: int,
    file: UploadedFile[Any] | RefusedFile,
    fields: dict[str, Any],
    context: dict[str, Any],
) -> dict[str, Any]:
    """An error of one file leaves the others."""
    result = {"file_name": file.name or "", "image": None, "problem": None}
    try:
        _count_visitors(request, place)
        with picture_in("file"), transaction.atomic():
            if isinstance(file, RefusedFile):
                raise file_too_large()
            stored = _stored(request, {**fields, "file": file}, context)
    except GalleryError as error:
        return _refused(result, GalleryProblem(error))
    except APIException as error:
        return _refused(result, error)
    return {**result, "status": stored.status, "image": stored.body}


def _refused(result: dict[str, Any], error: APIException) -> dict[str, Any]:
    return {**result, "status": error.status_code, "problem": problem(error)}


def _count_visitors(request: Request, place: int) -> None:
    """Each file without a login counts; the request itself was the first. Raises ``Throttled``."""
    if place and not request.user.is_authenticated:
        address = client_address(request.META)
        rate_limit.check(AnonymousUpload.name, address, AnonymousUpload.rate)


def _stored(request: Request, fields: dict[str, Any], context: dict[str, Any]) -> Stored:
    tags = fields.pop("tags", [])
    if tags:
        by_name.require_new_names(tags, user=request.user)
    accepted = _accepted(request, fields)
    if tags and (accepted.created or fields.get("on_duplicate") == OnDuplicate.UPDATE):
        by_name.approve_all(accepted.image, tags, user=request.user)
        accepted.image.refresh_from_db()
    body = ImageSerializer(accepted.image, context=context).data
    status = 201 if accepted.created else 200
    kept = list(accepted.kept)
    return Stored(status, {**body, "kept": kept}, str(accepted.image.pk), etag_of(body))


def _accepted(request: Request, fields: dict[str, Any]) -> Accepted:
    if url := fields.pop("url", ""):
        if not request.user.is_authenticated:
            raise NotAuthenticated
        with picture_in("url"):
            return accept_url(url, owner=request.user, **fields)
    file = fields.pop("file")
    fields.setdefault("file_name", file.name)
    owner = request.user if request.user.is_authenticated else None
    with picture_in("file"):
        return accept(file.chunks(), owner=owner, **fields)
