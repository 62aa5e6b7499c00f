"""Where originals and previews lie, and the order of writes that survives a power cut.

Names are made of row ids and fixed words only; nothing a person typed becomes part of a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from gallery.core.errors import FileTooLarge
from gallery.media import durable
from gallery.media.previews import SIZES
from gallery.media.sniff import HEAD_SIZE

log = logging.getLogger(__name__)


class HasOriginal(Protocol):
    """An image row, as far as this floor needs to know it."""

    @property
    def original(self) -> str: ...


@dataclass(frozen=True)
class Received:
    """A complete upload in a temporary file that is removed unless it is kept."""

    path: Path
    size: int
    sha256: str
    head: bytes


def original_name(image_id: uuid.UUID, extension: str) -> str:
    """The value of ``Image.original``: a path relative to the media folder."""
    return f"originals/{image_id.hex[:2]}/{image_id}.{extension}"


def original_path(image: HasOriginal) -> Path:
    return _root() / image.original


def preview_path(image_id: uuid.UUID, size: str) -> Path:
    """Raises ``KeyError`` for a size that is not one of ``previews.SIZES``."""
    _ = SIZES[size]
    return _preview_folder(image_id) / f"{size}.webp"


@contextlib.contextmanager
def receive(chunks: Iterable[bytes], limit: int) -> Iterator[Received]:
    """Stream to a temporary file beside the originals, hashing and counting on the way.

    The file is gone when the block ends, unless ``keep`` moved it. Raises ``FileTooLarge`` as
    soon as more than ``limit`` bytes came, ``StorageFull``, ``StorageUnavailable``; what the
    iterator itself raises passes unchanged.
    """
    with durable.faults():
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=durable.folder(_temporary()))
    path = Path(name)
    try:
        with open(descriptor, "wb", buffering=0) as file:
            size, sha256, head = _copy(chunks, file.fileno(), limit=limit)
            with durable.faults():
                os.fsync(file.fileno())
        yield Received(path, size, sha256, head)
    finally:
        # What cannot be removed now is found by ``abandoned``; the outcome is not its affair.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def keep(received: Received, name: str) -> Path:
    """Move an upload to its place under the media folder; it is durable when this returns."""
    target = _root() / name
    with durable.faults():
        durable.folder(target.parent)
        received.path.replace(target)
        durable.sync(target.parent)
    return target


def put_back(received: Received, name: str) -> None:
    """Undo ``keep``: the upload is temporary again."""
    with durable.faults():
        (_root() / name).replace(received.path)


@contextlib.contextmanager
def job_folder() -> Iterator[Path]:
    """An empty folder beside the previews for one decoding, removed in any case."""
    with durable.faults():
        folder = Path(tempfile.mkdtemp(prefix="job-", dir=durable.folder(_temporary())))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_previews(image_id: uuid.UUID, files: Mapping[str, Path]) -> None:
    """Move previews (size to file) into place; each replaces its predecessor at one stroke."""
    with durable.faults():
        folder = durable.folder(_preview_folder(image_id))
        for size, file in files.items():
            durable.sync(file)
            file.replace(preview_path(image_id, size))
        durable.sync(folder)


def forget(image_id: uuid.UUID, original: str = "") -> None:
    """Delete an image's previews, and its original when that is named.

    What cannot be deleted is logged and left to the search for orphans: the row is gone already.
    """
    try:
        if original:
            (_root() / original).unlink(missing_ok=True)
        folder = _preview_folder(image_id)
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        log.warning("files of image %s are not removed: %s", image_id, error)


def abandoned(older_than: float) -> list[Path]:
    """Temporary files and folders that nobody has touched for ``older_than`` seconds."""
    latest = time.time() - older_than
    found = []
    with contextlib.suppress(FileNotFoundError), durable.faults(but=FileNotFoundError):
        for path in _temporary().iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.lstat().st_mtime < latest:
                    found.append(path)
    return found


def discard(path: Path) -> None:
    """Remove one of ``abandoned``; a file that is already gone is no error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _copy(chunks: Iterable[bytes], descriptor: int, *, limit: int) -> tuple[int, str, bytes]:
    size, digest, head = 0, hashlib.sha256(), b""
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(f"The file is larger than {limit / (1 << 20):.4g} MB.", limit=limit)
        digest.update(chunk)
        if len(head) < HEAD_SIZE:
            head += chunk[: HEAD_SIZE - len(head)]
        with durable.faults():
            _write_all(descriptor, chunk)
    return size, digest.hexdigest(), head


def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _temporary() -> Path:
    return _root() / "tmp"


def _preview_folder(image_id: uuid.UUID) -> Path:
    return _root() / "previews" / image_id.hex[:2] / str(image_id)
