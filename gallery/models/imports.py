"""Bulk imports: the job, its rows that are not done, and those that ended with a reason."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.embedding import WIDTH, EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.images.queryset import User
from gallery.models.images.states import Visibility
from gallery.models.job import Job, JobItem, JobState
from gallery.models.work import WorkQuerySet

_LONGEST_KEY = 2000


class SourceKind(models.TextChoices):
    FOLDER = "folder", _("folder")
    WATCHED = "watched", _("watched folder")
    ZIP = "zip", _("ZIP archive")
    CSV = "csv", "CSV"
    TSV = "tsv", "TSV"
    JSONL = "jsonl", "JSON Lines"
    PARQUET = "parquet", "Parquet"


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def running(self) -> Self:
        return self.unfinished().filter(state=JobState.RUNNING)

    def unfinished(self) -> Self:
        """Running and paused ones."""
        return self.filter(completed_at=None, deletes_pictures=False)

    def deleting(self) -> Self:
        return self.filter(deletes_pictures=True)

    def of(self, user: User) -> Self:
        """The imports that the person may see and control."""
        return self.filter(owner_id=user.pk)


class ImportJob(Job):
    """The import of the pictures of one folder, archive or table, or of several archives.

    ``parts`` are the paths of the further archives, behind ``source``.
    ``position`` is where the reader of the source continues, in its own notation; it and the rows
    that were read are committed together. ``stamp`` identifies the file: size, time and a hash of
    its beginning. Each row that was read (``rows_read``) ends as ``imported``, ``duplicates`` or
    ``dropped``; the others wait. ``incomplete`` of the imported rows were imported without
    their vector, or without a part of their sidecar. ``total`` estimates all rows of the source;
    null while it is unknown. ``worked_at`` decides which job is next. A source that was uploaded
    is deleted at the end. With ``deletes_pictures``, the workers delete the pictures that the
    import added, and then the job.
    """

    class Problem(models.TextChoices):
        SOURCE_MISSING = "source_missing", _("The source cannot be opened: %(detail)s")
        SOURCE_CHANGED = (
            "source_changed",
            _("The source has changed since the import began. Delete this import and start again."),
        )
        SOURCE_UNREADABLE = "source_unreadable", _("The source cannot be read: %(detail)s")
        STORAGE = (
            "storage",
            _("Pictures cannot be stored: %(detail)s The import continues when they can."),
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports", verbose_name=_("owner")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SourceKind)
    name = models.CharField(_("source"), max_length=255)
    source = models.TextField(editable=False)
    parts = models.JSONField(default=list, editable=False)
    is_uploaded = models.BooleanField(default=False, editable=False)
    stamp = models.CharField(max_length=120, blank=True, editable=False)

    visibility = models.CharField(
        _("visibility"), max_length=8, choices=Visibility, blank=True, default=""
    )
    on_duplicate = models.CharField(max_length=8, default="keep")
    tags = models.JSONField(_("tags"), default=list)
    embedding_model = models.CharField(max_length=200, blank=True)

    position = models.TextField(blank=True, editable=False)
    is_read = models.BooleanField(default=False, editable=False)
    total = models.PositiveBigIntegerField(_("rows"), null=True, editable=False)
    rows_read = models.PositiveBigIntegerField(_("read"), default=0, editable=False)
    imported = models.PositiveBigIntegerField(_("imported"), default=0, editable=False)
    duplicates = models.PositiveBigIntegerField(_("duplicates"), default=0, editable=False)
    dropped = models.PositiveBigIntegerField(_("dropped"), default=0, editable=False)
    incomplete = models.PositiveBigIntegerField(default=0, editable=False)
    worked_at = models.DateTimeField(db_default=Now(), editable=False)
    deletes_pictures = models.BooleanField(db_default=False, editable=False)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["owner", "-created_at"], name="import_owner_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="import_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def paths(self) -> list[Path]:
        return [Path(path) for path in (self.source, *self.parts)]

    @property
    def is_ended(self) -> bool:
        """Whether it is complete, or undone."""
        return self.completed_at is not None or self.deletes_pictures

    @property
    def done(self) -> int:
        return self.imported + self.duplicates + self.dropped

    @property
    def waiting(self) -> int:
        """Rows that were read and are not done."""
        return self.rows_read - self.done

    @property
    def missing_rows(self) -> int:
        """Rows that are not done, as far as is known."""
        return max(self.waiting, (self.total or 0) - self.done)


class RowOutcome(models.TextChoices):
    WAITING = "", _("waiting")
    IMPORTED = "imported", _("imported incompletely")
    DROPPED = "dropped", _("dropped")


class ImportRowQuerySet(WorkQuerySet):
    def waiting(self) -> Self:
        return self.filter(skipped=False)

    def reported(self) -> Self:
        """The rows with a reason, in the order of the source."""
        return self.filter(skipped=True).order_by("number")


class ImportRowManager(models.Manager.from_queryset(ImportRowQuerySet)):  # type: ignore[misc]
    """Rows come without their vectors, which only PostgreSQL moves."""

    def get_queryset(self) -> ImportRowQuerySet:
        rows: ImportRowQuerySet = super().get_queryset()
        return rows.defer("vector")


class ImportRow(JobItem):
    """A row of a table, or a file: waiting, or done with a reason. Others are deleted when done.

    ``place`` is a URL, or a path in the folder or archive; ``host`` the server of a URL. ``fields``
    are those of the upload, and ``tags`` and ``file_name``. ``vector`` is one of ``space``;
    ``note`` says why the vector of the table, or a sidecar, was not used.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveBigIntegerField(_("row"))
    place = models.TextField(_("source"))
    host = models.CharField(max_length=255, blank=True)
    fields = models.JSONField(default=dict)
    vector = VectorField(dimensions=WIDTH, null=True)
    space = models.ForeignKey(
        EmbeddingSpace, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    note = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(_("result"), max_length=8, choices=RowOutcome, blank=True)

    objects = ImportRowManager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_import_row_per_number"),
        ]
        indexes = [
            models.Index(
                fields=["job", "next_attempt_at"],
                name="import_row_due",
                condition=Q(skipped=False),
            ),
            models.Index(
                fields=["job", "number"], name="import_row_reported", condition=Q(skipped=True)
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of import {self.job_id}"


class ImportedFile(models.Model):
    """A file of a watched folder, as it was when it became a row of the import.

    ``path`` is ``key_of`` its path.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="files", db_index=False)
    path = models.TextField()
    size = models.PositiveBigIntegerField()
    modified_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "path"], name="one_imported_file_per_path"),
        ]

    def __str__(self) -> str:
        return self.path

    @staticmethod
    def key_of(path: str) -> str:
        """The path, or a hash of one that is too long for an index of PostgreSQL (2,704 bytes)."""
        data = path.encode()
        return path if len(data) <= _LONGEST_KEY else hashlib.sha256(data).hexdigest()


class ProvidedVector(models.Model):
    """A vector that came with a picture; the embed stage stores it instead of encoding."""

    pk = models.CompositePrimaryKey("image_id", "space_id")
    image = models.ForeignKey(
        Image, models.CASCADE, related_name="provided_vectors", db_index=False
    )
    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="+")
    vector = VectorField(dimensions=WIDTH)

    def __str__(self) -> str:
        return f"{self.image_id} in {self.space_id}"
