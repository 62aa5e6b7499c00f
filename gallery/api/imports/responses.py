"""An import and its rows, as the API shows them."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.ingest.imports import report
from gallery.jobs import progress
from gallery.models import ImportJob, ImportRow, ImportStatus, RowOutcome, SourceKind


class ImportSerializer(serializers.Serializer[ImportJob]):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Name of the folder or file.")
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    sources = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField(
        source="total",
        allow_null=True,
        help_text="Rows of the whole source; an estimate until it is read.",
    )
    read = serializers.IntegerField(source="rows_read")
    imported = serializers.IntegerField()
    duplicates = serializers.IntegerField(help_text="Rows whose pictures you had already.")
    dropped = serializers.IntegerField(help_text="Rows that are no pictures, each with a reason.")
    incomplete = serializers.IntegerField(
        help_text="Of the imported rows: those whose vector or sidecar was not used in full."
    )
    seconds_left = serializers.SerializerMethodField()
    problem = serializers.ChoiceField(
        choices=ImportJob.Problem.values,
        source="problem_code",
        allow_blank=True,
        help_text="The code of what keeps it from continuing, or empty.",
    )
    problem_detail = serializers.SerializerMethodField()

    def get_sources(self, job: ImportJob) -> int:
        """More than 1 for ZIP archives that are imported together."""
        return len(job.paths)

    @extend_schema_field(
        {
            "type": "string",
            "enum": ImportStatus.values,
            "description": "`deleting`: the images that it added are deleted, and then the import.",
        }
    )
    def get_state(self, job: ImportJob) -> str:
        return job.status.value

    def get_seconds_left(self, job: ImportJob) -> int | None:
        """An estimate; null while it is unknown, and in the state `deleting`."""
        if job.status == ImportStatus.DELETING:
            return None
        if job.status == ImportStatus.COMPLETE:
            return 0
        if not job.missing_rows and not job.is_read:
            return None
        return progress.seconds_left(job, job.missing_rows)

    def get_problem_detail(self, job: ImportJob) -> str:
        """The problem as an English sentence, or empty."""
        with translation.override("en"):
            return job.problem


class ImportDetailSerializer(ImportSerializer):
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, job: ImportJob) -> dict[str, int]:
        """How many rows have which code."""
        return report.reasons_of(job)


class ImportRowSerializer(serializers.Serializer[ImportRow]):
    row = serializers.IntegerField(source="number", help_text="Counts from 1, without a header.")
    source = serializers.CharField(source="place", help_text="The URL or path.")  # type: ignore[assignment]
    outcome = serializers.ChoiceField(
        choices=[RowOutcome.IMPORTED.value, RowOutcome.DROPPED.value],
        help_text="`imported` rows are those whose vector or sidecar was not used in full.",
    )
    code = serializers.CharField(source="error_code")
    message = serializers.CharField(source="error_message")


class ImportRowsSerializer(serializers.Serializer[Any]):
    results = ImportRowSerializer(many=True)


class ImportsSerializer(serializers.Serializer[Any]):
    results = ImportSerializer(many=True)
