"""Which of some near-duplicates is proposed to be kept, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from gallery.models import Image, Moderation
from gallery.models.moderation.states import SEVERITY


class BestReason(StrEnum):
    """``LEAST_RESTRICTED`` stands for ``VISIBLE`` if moderation keeps the best one back too."""

    VISIBLE = "visible"
    LEAST_RESTRICTED = "least_restricted"
    INTACT = "intact"
    PIXELS = "pixels"
    CAMERA = "camera"
    FILE_SIZE = "file_size"
    FIRST_UPLOAD = "first_upload"


# A larger value is better.
_PROPERTIES: dict[BestReason, Callable[[Image], Any]] = {
    BestReason.VISIBLE: lambda image: -SEVERITY.index(Moderation(image.moderation)),
    BestReason.INTACT: lambda image: not image.damaged,
    BestReason.PIXELS: lambda image: (image.width or 0) * (image.height or 0),
    BestReason.CAMERA: lambda image: bool(image.camera),
    BestReason.FILE_SIZE: lambda image: image.size,
    BestReason.FIRST_UPLOAD: lambda image: (-image.created_at.timestamp(), image.pk),
}


def quality(image: Image) -> tuple[Any, ...]:
    """A sort key; the best picture has the largest one."""
    return tuple(value(image) for value in _PROPERTIES.values())


def reason_for(best: Image, others: Sequence[Image]) -> BestReason:
    """The first property in which the best picture surpasses the second best; if yet another one
    surpasses it there, the first in which it surpasses any."""
    second = max(others, key=quality)
    reason = _first_difference(best, [second])
    if any(_PROPERTIES[reason](other) > _PROPERTIES[reason](best) for other in others):
        reason = _first_difference(best, others)
    is_kept_back = best.moderation != Moderation.VISIBLE
    return BestReason.LEAST_RESTRICTED if reason == BestReason.VISIBLE and is_kept_back else reason


def _first_difference(best: Image, others: Sequence[Image]) -> BestReason:
    return next(
        reason
        for reason, value in _PROPERTIES.items()
        if any(value(best) > value(other) for other in others)
    )
