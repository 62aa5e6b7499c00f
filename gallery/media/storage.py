"""Stores originals and previews. The order of writes survives a power cut.

Paths consist of row ids and fixed names only, never of user input.
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

from gallery.core.size_limits import check_file_size
from gallery.media import durable
from gallery.media.previews import SIZES
from gallery.media.sniff import HEAD_SIZE

log = logging.getLogger(__name__)


class HasOriginal(Protocol):
    """The part of an image row that this module needs; it may not import the models."""

    @property
    def original(self) -> str: ...


@dataclass(frozen=True)
class Received:
    """A complete upload in a temporary file, which is removed unless ``keep`` moves it.

    ``size`` is in bytes, ``sha256`` in hexadecimal; ``head`` is the first ``HEAD_SIZE`` bytes.
    """

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
def receive(chunks: Iterable[bytes]) -> Iterator[Received]:
    """Write the chunks to a temporary file in the media folder, and hash them.

    The file is removed when the block ends, unless ``keep`` moved it. Raises ``FileTooLarge`` at
    the first byte over the limit, ``StorageFull``, ``StorageUnavailable``; errors of the iterator
    pass unchanged.
    """
    with durable.storage_errors():
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=durable.make_folder(_temporary()))
    path = Path(name)
    try:
        with open(descriptor, "wb", buffering=0) as file:
            size, sha256, head = _copy(chunks, file.fileno())
            with durable.storage_errors():
                os.fsync(file.fileno())
        yield Received(path, size, sha256, head)
    finally:
        # ``abandoned`` finds a file that cannot be removed now; the upload's result still stands.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def keep(received: Received, name: str) -> Path:
    """Move an upload to ``name`` in the media folder; it is durable when this returns."""
    target = _root() / name
    with durable.storage_errors():
        durable.make_folder(target.parent)
        received.path.replace(target)
        durable.sync(target.parent)
    return target


def put_back(received: Received, name: str) -> None:
    """Undo ``keep``: move the upload back to its temporary file."""
    with durable.storage_errors():
        (_root() / name).replace(received.path)


@contextlib.contextmanager
def decode_folder() -> Iterator[Path]:
    """An empty temporary folder for one decoding, on the same disk as the previews.

    It is removed when the block ends.
    """
    with durable.storage_errors():
        folder = Path(tempfile.mkdtemp(prefix="decode-", dir=durable.make_folder(_temporary())))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_previews(image_id: uuid.UUID, files: Mapping[str, Path]) -> None:
    """Move previews (size → file) to their paths; each replaces the old file atomically."""
    with durable.storage_errors():
        folder = durable.make_folder(_preview_folder(image_id))
        for size, file in files.items():
            durable.sync(file)
            file.replace(preview_path(image_id, size))
        durable.sync(folder)


def forget(image_id: uuid.UUID, original: str = "") -> bool:
    """Delete an image's previews and, if given, its original.

    False if a file was not removed; the error is logged.
    """
    try:
        if original:
            (_root() / original).unlink(missing_ok=True)
        folder = _preview_folder(image_id)
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        log.warning("files of image %s were not removed: %s", image_id, error)
        return False
    return True


def abandoned(older_than: float) -> list[Path]:
    """Temporary files and folders that were last modified over ``older_than`` seconds ago."""
    latest = time.time() - older_than
    paths = []
    gone = FileNotFoundError
    with contextlib.suppress(gone), durable.storage_errors(unchanged=gone):
        for path in _temporary().iterdir():
            with contextlib.suppress(gone):
                if path.lstat().st_mtime < latest:
                    paths.append(path)
    return paths


def discard(path: Path) -> None:
    """Remove a path that ``abandoned`` returned; it is no error if it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _copy(chunks: Iterable[bytes], descriptor: int) -> tuple[int, str, bytes]:
    size, digest, head = 0, hashlib.sha256(), b""
    for chunk in chunks:
        size += len(chunk)
        check_file_size(size)
        digest.update(chunk)
        if len(head) < HEAD_SIZE:
            head += chunk[: HEAD_SIZE - len(head)]
        with durable.storage_errors():
            _write_all(descriptor, chunk)
    return size, digest.hexdigest(), head


def _write_all(descriptor: int, chunk: bytes) -> None:
    remaining = memoryview(chunk)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _temporary() -> Path:
    return _root() / "tmp"


def _preview_folder(image_id: uuid.UUID) -> Path:
    return _root() / "previews" / image_id.hex[:2] / str(image_id)
