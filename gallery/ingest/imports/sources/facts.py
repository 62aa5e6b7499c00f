"""What is known of a picture of a folder or archive from the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from gallery.core.errors import GalleryError
from gallery.ingest.imports.sidecars.facts import as_fields
from gallery.ingest.imports.sidecars.find import facts_for


def fields_of(name: str, names: Collection[str], read: Callable[[str], bytes]) -> dict[str, Any]:
    """The fields of a row; ``names`` are the paths of all files in the picture's folder."""

    def read_sidecar(path: str) -> bytes:
        try:
            return read(path)
        except GalleryError as error:
            raise OSError(error.message) from error

    return as_fields(facts_for(name, names, read_sidecar))
