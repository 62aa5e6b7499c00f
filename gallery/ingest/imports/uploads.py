"""The files that people upload to be imported: kept until their import is complete."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gallery.core.config import config
from gallery.core.errors import FileTooLarge, SourceUnreadable
from gallery.core.size_limits import format_size
from gallery.ingest.imports.create import ImportOptions, check_together, create, kind_of
from gallery.ingest.imports.sources.opening import open_source
from gallery.media import durable
from gallery.models import ImportJob, SourceKind, User

# A file whose import is not there after these seconds belongs to a request that was interrupted.
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True)
class UploadedSource:
    name: str
    chunks: Iterable[bytes]


def import_upload(
    files: Sequence[UploadedSource], owner: User, options: ImportOptions
) -> ImportJob:
    """Store the file, or the archives of one export, and start their import.

    Raises like ``create``, and ``SourceUnreadable``, ``FileTooLarge``, ``StorageFull`` and
    ``StorageUnavailable``; then no file is left.
    """
    kinds = [kind_of(Path(file.name), uploaded_as=file.name) for file in files]
    check_together(kinds)
    options.columns()
    paths = [_folder() / f"{uuid.uuid4()}{Path(file.name).suffix.lower()}" for file in files]
    try:
        for path, file in zip(paths, files, strict=True):
            _write(path, file.chunks)
        for path, file in zip(paths, files, strict=True):
            _refuse_unreadable(kinds[0], path, file.name)
        source, *parts = paths
        return create(source, owner, options, parts=parts, uploaded_as=files[0].name)
    except BaseException:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise


def _refuse_unreadable(kind: SourceKind, path: Path, name: str) -> None:
    """Now, and not when a worker opens it. Raises ``SourceUnreadable`` with the ``file_name``."""
    job = ImportJob(kind=kind, source=str(path), is_uploaded=True)
    try:
        with closing(open_source(job)):
            pass
    except SourceUnreadable as error:
        raise SourceUnreadable(f"{name}: {error.message}", file_name=name) from None


def too_large() -> FileTooLarge:
    limit = config().import_max_size
    return FileTooLarge(
        f"The file is larger than {format_size(limit)}. Larger ones are imported on the server, "
        "by path or by bin/manage import.",
        limit=limit,
    )


def remove(job: ImportJob) -> None:
    """The files of a source that was uploaded are not needed any more."""
    for path in job.paths if job.is_uploaded else ():
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_abandoned() -> None:
    """Remove old files without an import, as after the deletion of its owner."""
    latest = time.time() - _ABANDONED_SECONDS
    gone = FileNotFoundError
    with contextlib.suppress(gone), durable.storage_errors(unchanged=gone):
        old = [path for path in _folder().iterdir() if path.lstat().st_mtime < latest]
        jobs = ImportJob.objects.unfinished().filter(is_uploaded=True)
        used = {path for job in jobs.only("source", "parts") for path in job.paths}
        for path in old:
            if path not in used:
                path.unlink(missing_ok=True)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    limit, size = config().import_max_size, 0
    with durable.storage_errors():
        durable.make_folder(path.parent)
        with path.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large()
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        durable.sync(path.parent)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"
