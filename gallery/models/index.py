from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.embedding import EmbeddingSpace

_FAILURE = _("The index cannot be built: %(detail)s")


class IndexBuild(models.Model):
    """An ivfflat index of one space's vectors that is ready, and how to query it."""

    space = models.OneToOneField(
        EmbeddingSpace, models.CASCADE, related_name="index", verbose_name=_("embedding space")
    )
    name = models.CharField(_("name"), max_length=63)
    lists = models.PositiveIntegerField(_("lists"))
    probes = models.PositiveIntegerField(_("probes"))
    rows = models.PositiveIntegerField(_("rows"))
    built_at = models.DateTimeField(_("built at"), db_default=Now())

    class Meta:
        verbose_name = _("vector index")
        verbose_name_plural = _("vector indexes")

    def __str__(self) -> str:
        return self.name


class IndexFailure(models.Model):
    """Why a space's index could not be built last time; deleted when a build succeeds."""

    space = models.OneToOneField(EmbeddingSpace, models.CASCADE, related_name="index_failure")
    detail = models.CharField(max_length=300)
    failed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(_FAILURE) % {"detail": self.detail}
