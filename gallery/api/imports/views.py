"""Start, list, follow, pause and delete imports, and read their reports."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import QueryDict, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.idempotent import idempotent
from gallery.api.imports.requests import (
    ImportChangesSerializer,
    ImportDeletionParametersSerializer,
    ImportRowsParametersSerializer,
    ServerImportSerializer,
    UploadedImportSerializer,
)
from gallery.api.imports.responses import (
    ImportDetailSerializer,
    ImportRowsSerializer,
    ImportSerializer,
    ImportsSerializer,
)
from gallery.api.parsers import ShallowJSONParser
from gallery.api.view import ApiView
from gallery.core.errors import ImportRefused, SourceUnreadable
from gallery.core.upload_cap import refused_files
from gallery.ingest.imports import control, create, picture_deletion, report, uploads
from gallery.ingest.imports.uploads import UploadedSource
from gallery.models import ImportJob, ImportRow, JobState

_SHOWN = 100


class ImportsView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = ImportsSerializer
    parser_classes = [ShallowJSONParser, MultiPartParser]
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="list_imports", responses=ImportsSerializer)
    def get(self, request: Request) -> Response:
        """List your last 100 imports, the newest first."""
        jobs = ImportJob.objects.of(request.user).order_by("-created_at")[:_SHOWN]
        return Response(self.get_serializer({"results": jobs}).data)

    @extend_schema(
        operation_id="create_import",
        request={
            "multipart/form-data": UploadedImportSerializer,
            "application/json": ServerImportSerializer,
        },
        responses={201: ImportSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Import the pictures of an archive or a table in the background."""
        create_job = _of_upload if isinstance(request.data, QueryDict) else _of_path
        job = create_job(request)
        return Response(ImportSerializer(job).data, status=201)


def _of_upload(request: Request) -> ImportJob:
    if refused_files(request._request):
        raise uploads.too_large()
    serializer = UploadedImportSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    files = serializer.validated_data["file"]
    sources = [UploadedSource(file.name, file.chunks()) for file in files]
    try:
        return uploads.import_upload(sources, request.user, serializer.options())
    except (ImportRefused, SourceUnreadable) as error:
        error.data.setdefault("field", "file")
        raise


def _of_path(request: Request) -> ImportJob:
    serializer = ServerImportSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    values = serializer.validated_data
    path, *parts = (
        create.on_server(path, request.user) for path in (values["path"], *values.get("parts", ()))
    )
    options = serializer.options()
    return create.create(path, request.user, options, parts=parts, watch=values["watch"])


class OneImportView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = ImportDetailSerializer

    def job(self, pk: uuid.UUID) -> ImportJob:
        """Raises ``NotFound`` for imports of others."""
        return control.own(pk, self.request.user)


class ImportView(OneImportView):
    with_body = frozenset({"PUT"})
    with_parameters = frozenset({"DELETE"})

    @extend_schema(operation_id="get_import")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Read the progress of an import."""
        return Response(self.get_serializer(self.job(pk)).data)

    @extend_schema(operation_id="change_import", request=ImportChangesSerializer)
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """Pause an import, or continue it."""
        job = self.job(pk)
        serializer = ImportChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change = control.resume
        if serializer.validated_data["state"] == JobState.PAUSED:
            change = control.pause
        change(job)
        return Response(self.get_serializer(self.job(pk)).data)

    @extend_schema(
        operation_id="delete_import",
        parameters=[ImportDeletionParametersSerializer],
        responses={202: ImportDetailSerializer, 204: None},
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete an import and its report. The images that it added stay, unless you say so."""
        job = self.job(pk)
        parameters = ImportDeletionParametersSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        if parameters.validated_data["images"] == "delete":
            picture_deletion.begin(job)
            return Response(self.get_serializer(self.job(pk)).data, status=202)
        control.delete(job)
        return Response(status=204)


class ImportRowsView(OneImportView):
    serializer_class = ImportRowsSerializer
    with_parameters = frozenset({"GET"})

    @extend_schema(
        operation_id="list_import_rows",
        parameters=[ImportRowsParametersSerializer],
        responses=ImportRowsSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """List the rows of an import that have a reason, in the order of its source."""
        job = self.job(pk)
        parameters = ImportRowsParametersSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = parameters.validated_data
        rows = ImportRow.objects.filter(job=job, number__gt=values["after"]).reported()
        return Response(self.get_serializer({"results": rows[: values.get("limit", 100)]}).data)


class CsvRenderer(BaseRenderer):
    """Lets clients accept only what the report is; the view writes it."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return JSONRenderer().render(data)


class ImportReportView(OneImportView):
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        operation_id="get_import_report", responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def get(self, request: Request, pk: uuid.UUID) -> StreamingHttpResponse:
        """Download the rows of an import that have a reason, as a CSV file."""
        job = self.job(pk)
        return StreamingHttpResponse(
            (line.encode() for line in report.lines_of(job)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{report.file_name(job)}"'},
        )
