"""The backups that were completed, for the admin and for the site's health."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CompletedBackup(models.Model):
    """``place`` is a folder or an address of S3; ``size`` and ``copied`` are in bytes.

    ``copied`` is what this backup had to write, because earlier ones in the same place did not
    have it. ``missing`` and ``damaged`` are numbers of originals.
    """

    name = models.CharField(_("name"), max_length=40)
    place = models.CharField(_("place"), max_length=500)
    pictures = models.PositiveIntegerField(_("pictures"))
    size = models.PositiveBigIntegerField(_("size"))
    copied = models.PositiveBigIntegerField(_("copied"))
    missing = models.PositiveIntegerField(_("missing originals"))
    damaged = models.PositiveIntegerField(_("damaged originals"))
    completed_at = models.DateTimeField(_("completed at"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")

    def __str__(self) -> str:
        return self.name
