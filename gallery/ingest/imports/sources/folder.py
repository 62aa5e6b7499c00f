"""Pictures of a folder and the folders in it, in the order of their paths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from django.utils.translation import gettext_noop

from gallery.core.errors import FileUnreadable, RowError, SourceMissing
from gallery.ingest.imports.sources import described, names, places
from gallery.ingest.imports.sources.base import Batch, SourceRow

# Folders that were removed meanwhile are left out. Other errors are faults of a disk or a network,
# except that the rights to a folder may be missing.
_GONE = (FileNotFoundError, NotADirectoryError)


class Folder:
    def __init__(self, path: Path, total: int | None = None) -> None:
        """``total`` is the number of files, if they have been counted: in a large folder on the
        network, that takes a minute."""
        if not os.path.isdir(path):  # unlike that of Path, it raises no error
            raise SourceMissing(
                gettext_noop("There is no folder with this name, or it cannot be opened.")
            )
        self._path = path
        self._position: str | None = None
        self._rest: Iterator[tuple[str, frozenset[str]]] = iter(())
        self._total = total

    def read(self, position: str, limit: int) -> Batch:
        """The position is the path of the last file that was read. Since a path need not be UTF-8,
        each of its bytes is one character of the position."""
        if self._total is None:
            self._total = sum(1 for _ in self._files(""))
        if position and next(self._files(""), None) is None:
            # Nothing is mounted there.
            raise SourceMissing(gettext_noop("The folder of the import is empty."))
        if position != self._position:
            self._rest = self._files(os.fsdecode(position.encode("latin-1")))
        rows: list[SourceRow] = []
        for path, siblings in self._rest:
            rows.append(self._row(path, siblings))
            position = os.fsencode(path).decode("latin-1")
            if len(rows) == limit:
                break
        self._position = position
        return Batch(rows, position, len(rows) < limit, self._total)

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        return places.opened(self._path, place)

    def close(self) -> None:
        pass

    def _files(self, after: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Files whose paths, split into their parts, follow ``after``; with those beside them."""
        return files_of(self._path, tuple(after.split("/")) if after else ())

    def _row(self, path: str, siblings: frozenset[str]) -> SourceRow:
        return row_of(self._path, path, siblings)


def row_of(folder: Path, path: str, siblings: frozenset[str]) -> SourceRow:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode(errors="surrogateescape").decode(errors="replace")
        return SourceRow(shown, error=RowError("The name of the file is not UTF-8."))
    if path.endswith("/"):
        return SourceRow(path, error=FileUnreadable("The folder cannot be opened: no permission."))
    refused = described.refused_row(path)
    return refused or described.described_row(path, siblings, lambda name: _read(folder, name))


def files_of(
    folder: Path, after: tuple[str, ...] = (), prefix: tuple[str, ...] = ()
) -> Iterator[tuple[str, frozenset[str]]]:
    """A folder in it that may not be opened is one row, with "/" at its end. Links to folders are
    not followed, since they may lead in a circle or out of the folder."""
    try:
        with os.scandir(folder.joinpath(*prefix)) as entries:
            kinds = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except OSError as error:
        if prefix and isinstance(error, PermissionError):
            if (*prefix, "") > after:
                yield "/".join((*prefix, "")), frozenset()
        elif not prefix or not isinstance(error, _GONE):
            raise SourceMissing(f"A folder cannot be opened: {error.strerror}.") from None
        return
    siblings = frozenset(
        "/".join((*prefix, name)) for name, is_folder in kinds.items() if not is_folder
    )
    for name in sorted(kinds):
        parts = (*prefix, name)
        if parts < after[: len(parts)] or names.is_ignored(name + "/x" if kinds[name] else name):
            continue
        if kinds[name]:
            yield from files_of(folder, after, parts)
        elif parts > after:
            yield "/".join(parts), siblings


def _read(folder: Path, name: str) -> bytes:
    with places.opened(folder, name) as chunks:
        return described.sidecar_bytes(chunks)
