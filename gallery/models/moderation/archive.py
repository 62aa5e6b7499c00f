"""What was decided about images that are deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.moderation.decisions import ModerationDecision, ModerationSource
from gallery.models.moderation.states import Moderation, ModerationAction


class ArchivedDecision(models.Model):
    """A row of ``ModerationDecision`` whose image is deleted, with the SHA-256 of its file.

    Written by a trigger (migration 0026), whoever deletes the image. The image, its owner and what
    the owner wrote are not stored.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64)
    source = models.CharField(_("source"), max_length=9, choices=ModerationSource)
    action = models.CharField(_("action"), max_length=7, choices=ModerationAction)
    after = models.CharField(_("after"), max_length=7, choices=Moderation)
    detail = models.CharField(_("reason"), max_length=200, blank=True)
    note = models.TextField(
        _("note to the owner"), max_length=ModerationDecision.MAX_NOTE, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"))
    deleted_at = models.DateTimeField(_("picture deleted at"), db_default=Now())

    class Meta:
        verbose_name = _("decision about a deleted picture")
        verbose_name_plural = _("decisions about deleted pictures")
        indexes = [models.Index(fields=["sha256"], name="archived_decision_file")]

    def __str__(self) -> str:
        return f"{self.sha256}: {self.after}"
