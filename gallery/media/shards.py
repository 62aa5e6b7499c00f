"""Lists the stored files by shard: the first two hexadecimal digits of an image's id.

An original without a row is not deleted at once: it is moved to the folder ``orphans``, from
which it can be moved back.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gallery.media import durable, storage
from gallery.media.previews import SIZES

SHARDS = tuple(f"{number:02x}" for number in range(256))


@dataclass(frozen=True)
class StoredFile:
    """An original, or the folder of an image's previews; ``modified`` is a Unix time.

    ``name`` is relative to the media folder.
    """

    image_id: uuid.UUID
    name: str
    modified: float


def originals(shard: str) -> list[StoredFile]:
    return list(_stored(f"originals/{shard}"))


def preview_folders(shard: str) -> list[StoredFile]:
    return list(_stored(f"previews/{shard}"))


def has_previews(image_id: uuid.UUID) -> bool:
    """Whether all previews of the image exist."""
    return all(storage.preview_path(image_id, size).is_file() for size in SIZES)


def is_mounted() -> bool:
    """False if the media folder has no originals, as when its disk is not mounted."""
    return bool(_files(_root() / "originals"))


def move_to_orphans(file: StoredFile) -> None:
    source = _root() / file.name
    target = _orphans() / source.name
    with durable.storage_errors():
        durable.make_folder(target.parent)
        source.replace(target)
        # ``expired_orphans`` counts from now, not from the upload.
        os.utime(target)


def is_orphan(original: str) -> bool:
    """Whether the original is in the folder of orphans."""
    return (_orphans() / Path(original).name).is_file()


def move_back(original: str) -> bool:
    """Move an original from the orphans to its place; False if it is not there."""
    target = _root() / original
    source = _orphans() / target.name
    with durable.storage_errors():
        if not source.is_file():
            return False
        durable.make_folder(target.parent)
        source.replace(target)
        durable.sync(target.parent)
        return True


def expired_orphans(seconds: float) -> list[Path]:
    """Files that have been in the folder of orphans for more than ``seconds``."""
    latest = time.time() - seconds
    return [file for file in _files(_orphans()) if file.lstat().st_mtime <= latest]


def _stored(folder: str) -> Iterator[StoredFile]:
    """Leaves out names that do not begin with an image's id: the site did not write them.

    Symbolic links without a target are left out too.
    """
    for path in _files(_root() / folder):
        with contextlib.suppress(ValueError, FileNotFoundError):
            image_id = uuid.UUID(path.name.partition(".")[0])
            if path.exists():  # False, without an error, for a link to itself
                yield StoredFile(image_id, f"{folder}/{path.name}", path.stat().st_mtime)


def _files(folder: Path) -> list[Path]:
    gone = FileNotFoundError
    with contextlib.suppress(gone), durable.storage_errors(unchanged=gone):
        return list(folder.iterdir())
    return []


def _orphans() -> Path:
    return _root() / "orphans"


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
