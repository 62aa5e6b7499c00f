"""The files that people upload to be imported: kept until their import is complete."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from gallery.core.config import config
from gallery.core.errors import FileTooLarge
from gallery.core.size_limits import format_size
from gallery.ingest.imports.create import ImportOptions, create, kind_of
from gallery.media import durable
from gallery.models import ImportJob, User

# A file whose import is not there after these seconds belongs to a request that was interrupted.
_ABANDONED_SECONDS = 3600.0


def import_upload(
    chunks: Iterable[bytes], name: str, owner: User, options: ImportOptions
) -> ImportJob:
    """Store the file and start its import. Raises like ``create``, and ``FileTooLarge``,
    ``StorageFull`` and ``StorageUnavailable``; then no file is left."""
    kind_of(Path(name), uploaded_as=name)
    options.columns()
    path = _folder() / f"{uuid.uuid4()}{Path(name).suffix.lower()}"
    try:
        _write(path, chunks)
        return create(path, owner, options, uploaded_as=name)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def too_large() -> FileTooLarge:
    limit = config().import_max_size
    return FileTooLarge(
        f"The file is larger than {format_size(limit)}. Larger ones are imported on the server, "
        "by path or by bin/manage import.",
        limit=limit,
    )


def remove(job: ImportJob) -> None:
    """The file of a source that was uploaded is not needed any more."""
    if job.is_uploaded:
        with contextlib.suppress(OSError):
            Path(job.source).unlink(missing_ok=True)


def remove_abandoned() -> None:
    """Remove old files without an import, as after the deletion of its owner."""
    latest = time.time() - _ABANDONED_SECONDS
    gone = FileNotFoundError
    with contextlib.suppress(gone), durable.storage_errors(unchanged=gone):
        old = [path for path in _folder().iterdir() if path.lstat().st_mtime < latest]
        jobs = ImportJob.objects.unfinished().filter(source__in=[str(path) for path in old])
        used = set(jobs.values_list("source", flat=True))
        for path in old:
            if str(path) not in used:
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
