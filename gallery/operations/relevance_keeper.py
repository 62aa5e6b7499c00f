"""Measures the relevance thresholds of the active space again when the gallery has changed."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from gallery.core.errors import GalleryError
from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, RelevanceCalibration
from gallery.models.locks import Lock, if_free
from gallery.search import relevance

log = logging.getLogger(__name__)

# In a smaller gallery the best of so few hits says little about queries without an answer.
LEAST_ROWS = 50
# With a tenth of pages or photographs, half of the unknown texts looked answered by the built-in
# encoder (docs/benchmarks.md), so a smaller share of new pictures already counts.
_CHANGED = 0.05
_OLDEST = timedelta(days=1)


def keep() -> list[RelevanceCalibration]:
    """The measurements that were due. One process measures at a time, for seconds."""
    with if_free(Lock.CALIBRATE_RELEVANCE) as is_free:
        space = EmbeddingSpace.objects.filter(active=True).first()
        if not is_free or space is None:
            return []
        rows = Embedding.objects.filter(space=space).count()
        if rows < LEAST_ROWS:
            _discard(space)
            return []
        if not _is_due(space, rows):
            return []
        return _calibrate(space, rows)


def _is_due(space: EmbeddingSpace, rows: int) -> bool:
    """Whether a kind of queries has no measurement, or an old one, or one of other pictures."""
    stored = list(RelevanceCalibration.objects.filter(space=space))
    if len(stored) < len(QueryKind):
        return True
    oldest = min(stored, key=lambda row: row.measured_at)
    if oldest.measured_at < timezone.now() - _OLDEST:
        return True
    # As many pictures may have been added as deleted.
    added = Embedding.objects.filter(space=space, image__created_at__gt=oldest.measured_at).count()
    return max(added, abs(rows - oldest.rows)) > _CHANGED * oldest.rows


def _calibrate(space: EmbeddingSpace, rows: int) -> list[RelevanceCalibration]:
    try:
        measured = [relevance.calibrate(space, kind, rows=rows) for kind in QueryKind]
    except (GalleryError, MemoryError) as error:
        # Searches keep the thresholds they have, and the clock tries again.
        log.warning("the relevance thresholds of %s cannot be measured: %s", space, error)
        return []
    stored = [row for row in measured if row is not None]
    for row in stored:
        log.info("relevance thresholds of %s, %s; %s hubs", space, row, len(row.hubs))
    return stored


def _discard(space: EmbeddingSpace) -> None:
    if RelevanceCalibration.objects.filter(space=space).delete()[0]:
        relevance.forget()
