from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.core.query_kind import QueryKind
from gallery.models.embedding import EmbeddingSpace

_QUERY_KINDS = [(QueryKind.TEXT.value, _("text")), (QueryKind.PICTURE.value, _("picture"))]


class RelevanceCalibration(models.Model):
    """The cosines from which hits count as answers, measured with background queries in this
    gallery.

    ``weak``, ``good``, ``strong`` and ``unrelated`` are those of
    ``search.bands.BandThresholds``. ``hubs`` are ids of images; the offsets in ``hub_offsets``
    have the same order. Ids of deleted images stay until the next measurement. ``rows`` is the
    number of vectors at that time, ``queries`` the number of background queries.
    """

    space = models.ForeignKey(
        EmbeddingSpace,
        models.CASCADE,
        related_name="relevance_calibrations",
        verbose_name=_("embedding space"),
    )
    query_kind = models.CharField(_("query"), max_length=7, choices=_QUERY_KINDS)
    weak = models.FloatField(_("an answer from"))
    good = models.FloatField(_("good from"))
    strong = models.FloatField(_("strong from"))
    unrelated = models.FloatField(_("unrelated"), default=0.0)
    hubs = ArrayField(models.UUIDField(), default=list)
    hub_offsets = ArrayField(models.FloatField(), default=list)
    rows = models.PositiveIntegerField(_("rows"))
    queries = models.PositiveIntegerField(_("queries"))
    measured_at = models.DateTimeField(_("measured at"), db_default=Now())

    class Meta:
        verbose_name = _("relevance calibration")
        verbose_name_plural = _("relevance calibrations")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "query_kind"], name="one_relevance_calibration"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.query_kind}: {self.weak:.3f} {self.good:.3f} {self.strong:.3f}"
