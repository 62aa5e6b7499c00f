"""The rows of imports that are not done or ended with a reason, and what belongs to rows."""

from __future__ import annotations

import hashlib
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.embedding import WIDTH, EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.imports.job import ImportJob
from gallery.models.job import JobItem
from gallery.models.work import WorkQuerySet

_LONGEST_KEY = 2000


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
