"""The thresholds that a search uses: those of this gallery, else those of the model."""

from __future__ import annotations

import threading
from typing import Any

from cachetools import TTLCache
from django.db import transaction
from django.utils import timezone

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, RelevanceCalibration
from gallery.search.bands import BandThresholds, combined
from gallery.search.calibration.measure import Measurement, constants_of, measure
from gallery.search.vectors.mixture import Mixture

# Seconds after which a process reads the thresholds again.
_FRESH = 30
_stored: TTLCache[tuple[int, QueryKind], BandThresholds | None] = TTLCache(32, _FRESH)
_lock = threading.Lock()


def measured_thresholds(space: EmbeddingSpace, kind: QueryKind) -> BandThresholds | None:
    """The thresholds measured in this gallery, else those of the model; None if there are none.

    One statement, and none within 30 seconds of the last one.
    """
    key = (space.pk, kind)
    with _lock:
        if key in _stored:
            return _stored[key]
    thresholds = _read(space, kind)
    with _lock:
        _stored[key] = thresholds
    return thresholds


def combined_thresholds(space: EmbeddingSpace, mixture: Mixture) -> BandThresholds | None:
    """The thresholds of a query vector; None if one of its kinds has none, or if the vector only
    leads away from its terms.
    """
    of_kind = {kind: measured_thresholds(space, kind) for kind in mixture.net}
    known = {kind: thresholds for kind, thresholds in of_kind.items() if thresholds is not None}
    return combined(known, mixture) if mixture.towards and known == of_kind else None


def forget() -> None:
    """Read the thresholds again at the next search of this process."""
    with _lock:
        _stored.clear()


def calibrate(space: EmbeddingSpace, kind: QueryKind, *, rows: int) -> RelevanceCalibration | None:
    """Measure and store the thresholds; ``rows`` is the number of vectors at the moment.

    None if the space has no vectors. Raises like ``measure``.
    """
    started = timezone.now()
    measurement = measure(space, kind)
    if measurement is None:
        return None
    return _store(space, kind, measurement, state={"rows": rows, "measured_at": started})


def _read(space: EmbeddingSpace, kind: QueryKind) -> BandThresholds | None:
    row = RelevanceCalibration.objects.filter(space_id=space.pk, query_kind=kind).first()
    if row is not None:
        hubs = dict(zip(row.hubs, row.hub_offsets, strict=True))
        return BandThresholds(row.weak, row.good, row.strong, row.unrelated, hubs)
    constants = constants_of(space, kind)
    if constants is None:
        return None
    return BandThresholds(constants.weak, constants.good, constants.strong)


@transaction.atomic
def _store(
    space: EmbeddingSpace, kind: QueryKind, measurement: Measurement, *, state: dict[str, Any]
) -> RelevanceCalibration:
    """``state`` is that of the gallery when the measurement began."""
    thresholds = measurement.thresholds
    values = {
        "weak": thresholds.weak,
        "good": thresholds.good,
        "strong": thresholds.strong,
        "unrelated": thresholds.unrelated,
        "hubs": list(thresholds.hubs),
        "hub_offsets": list(thresholds.hubs.values()),
        "queries": measurement.queries,
        **state,
    }
    row, _ = RelevanceCalibration.objects.update_or_create(
        space=space, query_kind=kind, defaults=values
    )
    forget()
    return row
