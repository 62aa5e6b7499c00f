"""A folder in memory, as an import gives it to the reader of sidecars."""

from __future__ import annotations

from collections.abc import Mapping

from gallery.ingest.imports.sidecars.facts import SidecarFacts
from gallery.ingest.imports.sidecars.find import facts_for


def facts_in(files: Mapping[str, bytes | str], picture: str = "trip/IMG.jpg") -> SidecarFacts:
    """``files`` by their names in the picture's folder."""
    folder = picture.rpartition("/")[0] + "/" if "/" in picture else ""
    contents = {
        folder + name: data.encode() if isinstance(data, str) else data
        for name, data in files.items()
    }
    return facts_for(picture, {picture, *contents}, contents.__getitem__)
