"""When an index has to be built, rebuilt or calibrated."""

from __future__ import annotations

from enum import StrEnum

from gallery.core.config import config
from gallery.models import Embedding, EmbeddingSpace, IndexBuild

# The centroids of the lists do not change after the build. After this growth they describe
# another collection.
_GROWTH = 2


class Due(StrEnum):
    """``FIRST``: enough vectors for an index. ``GROWN``: many more vectors than at the build.
    ``CALIBRATION``: the index was never calibrated. ``RECALL``: the recall fell below the target.
    ``SETTING``: another kind of index or another target was configured.
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
    return Due.CALIBRATION if index.calibrated_at is None else None


def _has_rows(space: EmbeddingSpace, enough: int) -> bool:
    return Embedding.objects.filter(space=space)[:enough].count() >= enough
