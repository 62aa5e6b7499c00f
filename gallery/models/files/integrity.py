"""The check of stored files and vectors, and what it has found that needs a person."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.images.image import Image
from gallery.models.images.queryset import User
from gallery.models.job import Job


class FindingKind(models.TextChoices):
    ORIGINAL_MISSING = "original_missing", _("original is missing")
    ORIGINAL_DAMAGED = "original_damaged", _("original has other bytes")
    ORIGINAL_UNREADABLE = "original_unreadable", _("original cannot be read")
    PREVIEW_MISSING = "preview_missing", _("preview is missing")
    PREVIEW_DAMAGED = "preview_damaged", _("preview has other bytes")
    VECTOR_MISSING = "vector_missing", _("vector is missing")
    VECTOR_INVALID = "vector_invalid", _("vector is not a unit vector")
    VECTOR_FOREIGN = "vector_foreign", _("vector is not of this picture and model")


ORIGINAL_KINDS = (
    FindingKind.ORIGINAL_MISSING,
    FindingKind.ORIGINAL_DAMAGED,
    FindingKind.ORIGINAL_UNREADABLE,
)
PREVIEW_KINDS = (FindingKind.PREVIEW_MISSING, FindingKind.PREVIEW_DAMAGED)
VECTOR_KINDS = (
    FindingKind.VECTOR_MISSING,
    FindingKind.VECTOR_INVALID,
    FindingKind.VECTOR_FOREIGN,
)


class IntegrityCheckQuerySet(models.QuerySet["IntegrityCheck"]):
    def current(self) -> IntegrityCheck:
        """The only row; it is made when it is first needed."""
        check = self.first()
        if check is None:
            self.bulk_create([IntegrityCheck()], ignore_conflicts=True)
            check = self.get()
        return check


class IntegrityCheck(Job):
    """The check of all images in rounds, in the order of their keys, up to ``checked_to``.

    ``round_began_at`` is null between two rounds, ``completed_at`` is the end of the last full
    one. The counts are those of the latest round: ``pictures`` when it began, ``checked`` of them
    so far, ``bytes_read``, and ``repaired`` findings. ``media_id`` is the id of the media folder
    that has the files of this database (``operations/integrity/media_proof.py``).
    """

    class Problem(models.TextChoices):
        OTHER_MEDIA_FOLDER = (
            "other_media_folder",
            _(
                "The media folder has no pictures of this database. Is its disk mounted? Nothing "
                "is checked until then."
            ),
        )

    round_began_at = models.DateTimeField(null=True, editable=False)
    checked_to = models.UUIDField(null=True, editable=False)
    pictures = models.PositiveIntegerField(default=0, editable=False)
    checked = models.PositiveIntegerField(default=0, editable=False)
    bytes_read = models.PositiveBigIntegerField(default=0, editable=False)
    repaired = models.PositiveIntegerField(default=0, editable=False)
    media_id = models.CharField(max_length=32, blank=True, editable=False)

    objects = IntegrityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of files")
        verbose_name_plural = _("check of files")
        constraints = [models.UniqueConstraint(models.Value(1), name="one_integrity_check")]

    def __str__(self) -> str:
        return f"check of files, {self.checked} of {self.pictures}"


class IntegrityFindingQuerySet(models.QuerySet["IntegrityFinding"]):
    def visible_to(self, user: User) -> Self:
        """Findings of the pictures that the user may see."""
        return self.filter(image__in=Image.objects.visible_to(user))

    def of_originals(self) -> Self:
        return self.filter(kind__in=ORIGINAL_KINDS)


class IntegrityFinding(models.Model):
    """A file or a vector of an image that is not what the row says. It is deleted when it is."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="findings", db_index=False)
    kind = models.CharField(_("finding"), max_length=20, choices=FindingKind)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("found at"), db_default=Now())
    checked_at = models.DateTimeField(_("checked at"), db_default=Now(), db_index=True)

    objects = IntegrityFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("damaged file")
        verbose_name_plural = _("damaged files")
        constraints = [
            models.UniqueConstraint(fields=["image", "kind"], name="one_finding_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=FindingKind.values), name="finding_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.kind}"
