"""The albums of a picture that an export has in several folders, one for each album."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gallery.ingest import change
from gallery.models import Image

_KEY = "album"
_MOST = 50


def of_metadata(metadata: Mapping[str, Any]) -> list[str]:
    """One album is a text, several are a list."""
    value = metadata.get(_KEY)
    names = value if isinstance(value, list) else [value]
    return [name for name in names if isinstance(name, str) and name]


def keep(image: Image, albums: Sequence[str]) -> None:
    """Add these albums to those that the metadata of the picture names, in alphabetical order:
    the files of an export arrive in any."""
    known = of_metadata(image.metadata)
    names = sorted({*known, *albums})[:_MOST]
    if set(names) != set(known):
        album: Any = names[0] if len(names) == 1 else names
        change.edit(image, metadata={**image.metadata, _KEY: album})
