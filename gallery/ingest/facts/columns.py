"""The columns of an image that its file decides."""

from __future__ import annotations

from typing import Any

from gallery.core.config import config
from gallery.media.decode import FileFacts
from gallery.media.lab import lab_of
from gallery.models.images.states import FACTS_VERSION


def of_file(facts: FileFacts) -> dict[str, Any]:
    """All but ``taken_at``, which people may change; the keywords are rows (``keywords.py``).

    A file without a place leaves the one that a sidecar stated.
    """
    values = {
        "exif": facts.exif,
        "camera": facts.camera,
        "lens": facts.lens,
        "facts_version": FACTS_VERSION,
    }
    if facts.latitude is None and config().read_places:
        return values
    return {**values, "latitude": facts.latitude, "longitude": facts.longitude}


def of_colour(colour: str) -> dict[str, Any]:
    """``colour`` is ``#rrggbb``."""
    return {"colour": colour, **lab_of(colour)._asdict()}
