"""What is known of a picture of a folder or archive from the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from gallery.core.errors import GalleryError
from gallery.ingest.imports.sidecars.facts import as_fields
from gallery.ingest.imports.sidecars.find import facts_for
from gallery.ingest.imports.sources.base import SourceRow


def row_of(name: str, names: Collection[str], read: Callable[[str], bytes]) -> SourceRow:
    """The row of a picture; ``names`` are the paths of all files in its folder. Its note is the
    first problem of its sidecars."""

    def read_sidecar(path: str) -> bytes:
        try:
            return read(path)
        except GalleryError as error:
            raise OSError(error.message) from error

    facts = facts_for(name, names, read_sidecar)
    return SourceRow(name, as_fields(facts), note=next(iter(facts.problems), ""))
