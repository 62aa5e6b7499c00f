"""When an index has to be built, rebuilt or calibrated."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from gallery.core.config import config
from gallery.models import Embedding, EmbeddingSpace, IndexBuild, IndexMeasurement

# The centroids of the lists do not change after the build. After this growth they describe
# another collection.
_GROWTH = 2
# The recall is measured again after this growth, and after this time.
_NEW = 1.2
_MEASURED_EVERY = timedelta(days=7)


class Due(StrEnum):
    """``FIRST``: enough vectors for an index. ``GROWN``: many more vectors than at the build.
    ``SETTING``: another kind of index was configured. ``CALIBRATION``: the recall was never
    measured, or is to be measured again. ``RECALL``: it was measured and is below the target.
    """

    FIRST = "first"
    GROWN = "grown"
    CALIBRATION = "calibration"
    RECALL = "recall"
    SETTING = "setting"


def reason_of(space: EmbeddingSpace, index: IndexBuild | None) -> Due | None:
    """The most urgent reason to work on the index of the space, or None."""
    if index is None:
        return Due.FIRST if _has_rows(space, config().index_min_rows) else None
    if _has_rows(space, index.rows * _GROWTH):
        return Due.GROWN
    if index.kind != config().index_kind:
        return Due.SETTING
    if index.calibrated_at is None:
        return Due.CALIBRATION
    return _about_recall(space)


def needs_build(space: EmbeddingSpace) -> bool:
    """Whether the space is to get its first index, or another one, before it is used."""
    reason = reason_of(space, IndexBuild.objects.filter(space=space).first())
    return reason in (Due.FIRST, Due.GROWN, Due.SETTING)


def _about_recall(space: EmbeddingSpace) -> Due | None:
    """New vectors change the recall, because the lists stay. Other queries change it too."""
    measured = list(IndexMeasurement.objects.filter(space=space, chosen=True))
    if any(one.recall < config().target_recall for one in measured if _can_rise(one)):
        return Due.RECALL
    long_ago = timezone.now() - _MEASURED_EVERY
    if any(
        one.measured_at < long_ago or _has_rows(space, round(one.rows * _NEW)) for one in measured
    ):
        return Due.CALIBRATION
    return None


def _can_rise(measurement: IndexMeasurement) -> bool:
    """False if all lists are probed already."""
    return measurement.lists is not None and measurement.effort < measurement.lists


def _has_rows(space: EmbeddingSpace, enough: int) -> bool:
    return Embedding.objects.filter(space=space)[:enough].count() >= enough
