"""What is known of a picture of a folder or archive from its name and the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from gallery.core.errors import GalleryError, InvalidInput, SourceMissing, Trashed, VideoNotImported
from gallery.ingest.imports.sidecars.facts import as_fields
from gallery.ingest.imports.sidecars.find import MAX_BYTES, facts_for, has_sidecar
from gallery.ingest.imports.sources import names
from gallery.ingest.imports.sources.base import SourceRow
from gallery.media.structure.camera_raw import refuse_raw_name

# The code of a picture that should have a sidecar and has none.
SIDECAR_MISSING = "sidecar_missing"
# Of metadata, all of which may have 16 KiB.
_MOST_FOLDER = 1000


def described_row(
    name: str,
    siblings: Collection[str],
    read: Callable[[str], bytes],
    *,
    expects_sidecar: bool = False,
) -> SourceRow:
    """The row of a file; ``siblings`` are the paths of all files in its folder. Its note is the
    first problem of its sidecars."""

    def read_sidecar(path: str) -> bytes:
        try:
            return read(path)
        except SourceMissing:
            raise  # The whole source is away, and will be read again.
        except GalleryError as error:
            raise OSError(error.message) from error

    facts = facts_for(name, siblings, read_sidecar)
    if facts.is_trashed:
        return SourceRow(name, error=Trashed("The picture is in the trash of the export."))
    note = next(iter(facts.problems), "")
    if expects_sidecar and not note and not has_sidecar(name, siblings):
        note = SIDECAR_MISSING
    return SourceRow(name, _with_folder(name, as_fields(facts)), note=note)


def sidecar_bytes(chunks: Iterable[bytes]) -> bytes:
    """The content of a sidecar; of a larger file more than ``MAX_BYTES``, but not all."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MAX_BYTES:
            break
    return bytes(content)


def refused_row(name: str) -> SourceRow | None:
    """The row of a file that is refused by its name, before any of its bytes are copied."""
    try:
        if names.is_video(name):
            raise VideoNotImported("Videos are not imported.")
        refuse_raw_name(name)
    except InvalidInput as error:
        return SourceRow(name, error=error)
    return None


def _with_folder(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    folder = names.folder_of(name)
    if not folder or len(folder) > _MOST_FOLDER:
        return fields
    return {**fields, "metadata": {"folder": folder, **fields.get("metadata", {})}}
