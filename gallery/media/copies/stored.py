"""Keeps copies without metadata in the folder of a picture's previews, so they go with it."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

from gallery.media import durable, storage
from gallery.media.copies.stripping import strip

# Raise it when more is removed from files: copies of older versions are not served any more.
_VERSION = 1
# A file that has no copy is tried again after a day: a busy machine may have been the reason.
_RETRY_SECONDS = 24 * 3600


def stripped_path(image_id: uuid.UUID, extension: str) -> Path:
    folder = storage.preview_path(image_id, "large").parent
    return folder / f"stripped-{_VERSION}.{extension}"


def is_decided(path: Path) -> bool:
    """Whether the copy was made, or was found lately to be impossible (an empty file)."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    return status.st_size > 0 or time.time() - status.st_mtime < _RETRY_SECONDS


def make(source: Path, format: str, target: Path) -> None:
    """Make the copy, or an empty file if there is none. Raises the errors of ``strip``."""
    with storage.decode_folder() as folder:
        copy = folder / target.name
        if not strip(source, format, copy):
            copy.write_bytes(b"")
        with durable.storage_errors():
            durable.make_folder(target.parent)
            durable.sync(copy)
            os.replace(copy, target)
