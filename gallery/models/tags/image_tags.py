"""The tags of images: given by people, suggested, approved or rejected."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.embedding import EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.tags.vocabulary import Tag


class TagSource(models.TextChoices):
    PERSON = "person", _("person")
    ZERO_SHOT = "zero_shot", _("suggestion")
    IMPORT = "import", _("import")


class TagState(models.TextChoices):
    SUGGESTED = "suggested", _("suggested")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class ImageTagQuerySet(models.QuerySet["ImageTag"]):
    def suggested(self) -> Self:
        return self.filter(state=TagState.SUGGESTED)

    def approved(self) -> Self:
        return self.filter(state=TagState.APPROVED)


class ImageTag(models.Model):
    """That an image has a tag, might have it, or has it not.

    ``score`` is the cosine of the image's and the tag's vector in ``space``; null if the tag was
    not suggested. ``decided_by`` approved or rejected it at ``decided_at``; automatic approvals
    and keywords of files have no person. Triggers of the database keep ``Image.tag_ids`` and
    ``Image.tag_names`` the same as the approved rows (migration 0023).
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="image_tags", db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="image_tags", db_index=False)
    source = models.CharField(_("source"), max_length=9, choices=TagSource)
    state = models.CharField(_("status"), max_length=9, choices=TagState)
    score = models.FloatField(_("similarity"), null=True)
    space = models.ForeignKey(
        EmbeddingSpace, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ImageTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a picture")
        verbose_name_plural = _("tags of pictures")
        constraints = [
            models.UniqueConstraint(fields=["image", "tag"], name="one_row_per_image_and_tag"),
            models.CheckConstraint(
                condition=Q(state__in=TagState.values), name="image_tag_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=TagSource.values), name="image_tag_source_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tag", "state", "-score"], name="image_tag_review"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} of {self.image_id}: {self.state}"
