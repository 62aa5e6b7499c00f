"""Which of some near-duplicates is proposed to be kept, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from gallery.models import Image, Moderation
from gallery.models.moderation.states import SEVERITY


class Reason(StrEnum):
    """The first property, in this order, in which the best picture surpasses the second best."""

    VISIBLE = "visible"
    INTACT = "intact"
    PIXELS = "pixels"
    CAMERA = "camera"
    FILE_SIZE = "file_size"
    FIRST_UPLOAD = "first_upload"


# A larger value is better.
_PROPERTIES: dict[Reason, Callable[[Image], Any]] = {
    Reason.VISIBLE: lambda image: -SEVERITY.index(Moderation(image.moderation)),
    Reason.INTACT: lambda image: not image.damaged,
    Reason.PIXELS: lambda image: (image.width or 0) * (image.height or 0),
    Reason.CAMERA: lambda image: bool(image.camera),
    Reason.FILE_SIZE: lambda image: image.size,
    Reason.FIRST_UPLOAD: lambda image: (-image.created_at.timestamp(), image.pk),
}


def quality(image: Image) -> tuple[Any, ...]:
    """A sort key; the best picture has the largest one."""
    return tuple(value(image) for value in _PROPERTIES.values())


def reason_for(best: Image, others: Sequence[Image]) -> Reason:
    second = max(others, key=quality)
    return next(reason for reason, value in _PROPERTIES.items() if value(best) > value(second))
