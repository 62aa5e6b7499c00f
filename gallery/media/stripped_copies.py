"""Copies of originals without metadata, made in a decoding child and never recompressed.

They are kept in the folder of a picture's previews, so whatever removes these removes them too.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

from gallery.core import errors
from gallery.core.config import config
from gallery.media import durable, storage
from gallery.media.decoders import process
from gallery.media.decoders.request import DecodeRequest

# Raise it when more is removed from files: copies of older versions are not served any more.
_VERSION = 2
# A file that has no copy is tried again after a day: a busy machine may have been the reason.
_RETRY_SECONDS = 24 * 3600
# Copying the largest file takes a second or two.
_MAX_SECONDS = 10


def path_of(image_id: uuid.UUID, extension: str) -> Path:
    folder = storage.preview_path(image_id, "large").parent
    return folder / f"stripped-{_VERSION}.{extension}"


def is_decided(path: Path) -> bool:
    """Whether the copy exists, or an empty file says that it was not possible within a day."""
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


def strip(source: Path, format: str, target: Path) -> bool:
    """Write a copy of ``source`` without metadata to ``target``.

    It has the same coded pixels, ICC profile and orientation. False if the format or this file
    does not allow such a copy. Raises ``StorageFull`` and ``StorageUnavailable``.
    """
    limits = config()
    request = DecodeRequest(
        format=format,
        longest=0,
        max_pixels=limits.max_pixels,
        seconds=min(limits.decode_seconds, _MAX_SECONDS),
        memory=limits.decode_memory,
        source=str(source),
        strip_to=str(target),
    )
    try:
        answer, _ = process.run(request)
    except errors.UndecodablePicture:
        return False
    return bool(answer["stripped"])
