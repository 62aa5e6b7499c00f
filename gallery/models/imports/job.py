"""The job of a bulk import."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.images.queryset import User
from gallery.models.images.states import Visibility
from gallery.models.job import Job, JobState


class SourceKind(models.TextChoices):
    FOLDER = "folder", _("folder")
    WATCHED = "watched", _("watched folder")
    ZIP = "zip", _("ZIP archive")
    CSV = "csv", "CSV"
    TSV = "tsv", "TSV"
    JSONL = "jsonl", "JSON Lines"
    PARQUET = "parquet", "Parquet"


class ImportStatus(models.TextChoices):
    """What people see of an import. ``DELETING``: its pictures are deleted, and then it is."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    COMPLETE = "complete", _("complete")
    DELETING = "deleting", _("deleting its pictures")


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def running(self) -> Self:
        return self.unfinished().filter(state=JobState.RUNNING)

    def unfinished(self) -> Self:
        """Running and paused ones."""
        return self.filter(completed_at=None, deletes_pictures=False)

    def deleting(self) -> Self:
        return self.filter(deletes_pictures=True)

    def with_work(self) -> Self:
        """Running ones, and those whose pictures are to be deleted."""
        return self.running() | self.deleting()

    def in_status(self, status: ImportStatus) -> Self:
        if status == ImportStatus.DELETING:
            return self.deleting()
        if status == ImportStatus.COMPLETE:
            return self.filter(deletes_pictures=False, completed_at__isnull=False)
        return self.unfinished().filter(state=status.value)

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
    def status(self) -> ImportStatus:
        """The same rules as those of ``in_status``."""
        if self.deletes_pictures:
            return ImportStatus.DELETING
        if self.completed_at is not None:
            return ImportStatus.COMPLETE
        return ImportStatus(self.state)

    @property
    def imports_nothing_more(self) -> bool:
        """It is complete, or its pictures are being deleted."""
        return self.status in (ImportStatus.COMPLETE, ImportStatus.DELETING)

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
