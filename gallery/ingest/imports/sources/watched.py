"""A folder in which new files appear: each is imported when it has stopped changing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from django.utils.translation import gettext_noop

from gallery.core.errors import SourceMissing
from gallery.ingest.imports.sources import folder, places
from gallery.ingest.imports.sources.base import Batch, Seen
from gallery.models import ImportedFile, ImportJob

# A file that was changed within these seconds may still be being copied.
SETTLED_SECONDS = 10.0


class WatchedFolder:
    def __init__(self, path: Path, job: ImportJob) -> None:
        if not os.path.isdir(path):
            raise SourceMissing(
                gettext_noop("There is no folder with this name, or it cannot be opened.")
            )
        self._path = path
        self._job = job
        self._rest: Iterator[tuple[Seen, frozenset[str]]] | None = None

    def read(self, position: str, limit: int) -> Batch:
        """The next files that are new or have changed. ``is_last`` at the end of each look."""
        if self._rest is None:
            self._rest = self._new_files()
        rows, seen = [], []
        for file, siblings in self._rest:
            rows.append(folder.row_of(self._path, file.path, siblings))
            seen.append(file)
            if len(rows) == limit:
                return Batch(rows, "", False, seen=tuple(seen))
        self._rest = None
        return Batch(rows, "", True, seen=tuple(seen))

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        return places.opened(self._path, place)

    def close(self) -> None:
        pass

    def _new_files(self) -> Iterator[tuple[Seen, frozenset[str]]]:
        imported = {
            path: (size, modified)
            for path, size, modified in ImportedFile.objects.filter(job=self._job)
            .values_list("path", "size", "modified_ns")
            .iterator()
        }
        for path, siblings in folder.files_of(self._path):
            file = self._settled(path)
            if file is None:
                continue
            if imported.get(ImportedFile.key_of(path)) != (file.size, file.modified_ns):
                yield file, siblings

    def _settled(self, path: str) -> Seen | None:
        try:
            path.encode()
            status = (self._path / path).stat()
        except (OSError, UnicodeEncodeError):
            return None
        # Programs that copy set the time of the content, but not that of the last change.
        age = time.time() - max(status.st_mtime, status.st_ctime)
        if 0 <= age < SETTLED_SECONDS:
            return None
        return Seen(path, status.st_size, status.st_mtime_ns)
