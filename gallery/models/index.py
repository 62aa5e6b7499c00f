from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.core.query_kind import QueryKind
from gallery.models.embedding import EmbeddingSpace

_FAILURE = _("The index cannot be built: %(detail)s")
# Measured for 100,000 rows and 1,265 lists; until an index is calibrated.
USUAL_EXACT_ROWS = 1000
_QUERY_KINDS = [(QueryKind.TEXT.value, _("text")), (QueryKind.PICTURE.value, _("picture"))]


class IndexKind(models.TextChoices):
    IVFFLAT = "ivfflat", _("ivfflat")
    IVFFLAT_HALF = "ivfflat_half", _("ivfflat of 16-bit vectors")
    HNSW = "hnsw", _("HNSW")


class IndexBuild(models.Model):
    """A vector index of one space that is ready, and how to query it.

    ``rows`` is the number of vectors at the time of the build. ``text_effort`` and
    ``picture_effort`` are the probes of an ivfflat index, or ``ef_search`` of an HNSW index, for
    the two kinds of queries. ``lists`` is null for HNSW. ``exact_rows`` candidates of a filter are
    compared one by one in the time of a search without a filter; it is at least ``rows`` if the
    index is not clearly quicker than exact search (``calibration/exact_cost.py``).
    """

    space = models.OneToOneField(
        EmbeddingSpace, models.CASCADE, related_name="index", verbose_name=_("embedding space")
    )
    name = models.CharField(_("name"), max_length=63)
    kind = models.CharField(_("kind"), max_length=16, choices=IndexKind, default=IndexKind.IVFFLAT)
    lists = models.PositiveIntegerField(_("lists"), null=True)
    text_effort = models.PositiveIntegerField(_("probes for texts"))
    picture_effort = models.PositiveIntegerField(_("probes for pictures"))
    exact_rows = models.PositiveIntegerField(db_default=USUAL_EXACT_ROWS)
    rows = models.PositiveIntegerField(_("rows"))
    built_at = models.DateTimeField(_("built at"), db_default=Now())
    calibrated_at = models.DateTimeField(_("calibrated at"), null=True)

    class Meta:
        verbose_name = _("vector index")
        verbose_name_plural = _("vector indexes")

    def __str__(self) -> str:
        return self.name

    @property
    def is_worthwhile(self) -> bool:
        """Whether searches are clearly quicker with the index than without."""
        return self.exact_rows < self.rows

    def effort(self, kind: QueryKind) -> int:
        return self.text_effort if kind == QueryKind.TEXT else self.picture_effort


class IndexMeasurement(models.Model):
    """Recall and latency of one setting of a space's index, for one kind of queries.

    ``recall`` is recall@10 against exact search, a mean over ``queries`` queries;
    ``recall_low`` and ``recall_high`` are its 95 % confidence interval. ``milliseconds`` is the
    median time of a query inside PostgreSQL. ``source`` tells where the queries came from.
    ``chosen`` marks the setting that searches use.
    """

    class Source(models.TextChoices):
        PAST_QUERIES = "past_queries", _("past queries")
        CAPTIONS = "captions", _("captions")
        MOVED_VECTORS = "moved_vectors", _("stored vectors, moved by the modality gap")
        STORED_VECTORS = "stored_vectors", _("stored vectors")

    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="measurements")
    query_kind = models.CharField(_("query"), max_length=7, choices=_QUERY_KINDS)
    index_kind = models.CharField(_("index"), max_length=16, choices=IndexKind)
    lists = models.PositiveIntegerField(_("lists"), null=True)
    effort = models.PositiveIntegerField(_("probes"))
    rows = models.PositiveIntegerField(_("rows"))
    queries = models.PositiveIntegerField(_("queries"))
    source = models.CharField(_("source of the queries"), max_length=16, choices=Source)
    recall = models.FloatField(_("recall@10"))
    recall_low = models.FloatField()
    recall_high = models.FloatField()
    milliseconds = models.FloatField(_("median time"))
    chosen = models.BooleanField(_("in use"), default=False)
    measured_at = models.DateTimeField(_("measured at"), db_default=Now())

    class Meta:
        verbose_name = _("index measurement")
        verbose_name_plural = _("index measurements")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "query_kind"],
                condition=Q(chosen=True),
                name="one_chosen_measurement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.index_kind} {self.lists}/{self.effort}: {self.recall:.3f}"


class IndexFailure(models.Model):
    """Why a space's index could not be built last time; deleted when a build succeeds."""

    space = models.OneToOneField(EmbeddingSpace, models.CASCADE, related_name="index_failure")
    detail = models.CharField(max_length=300)
    failed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(_FAILURE) % {"detail": self.detail}
