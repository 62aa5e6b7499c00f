"""Backups in a folder of this machine, or of a disk that it mounts."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from gallery.media import durable
from gallery.operations.files import copying
from gallery.operations.files.expiry import (
    expired_names,
    in_order,
    is_backup_name,
    is_copy_without,
    is_preview_without,
    needed_files,
)
from gallery.operations.files.repository import (
    SUMMARY,
    Backup,
    Entry,
    newest,
    original_name,
)

_UNFINISHED = ".unfinished"


class FolderRepository:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        names = (path.parent.name for path in self._folder.glob(f"*/{SUMMARY}"))
        return in_order(name for name in names if not name.endswith(_UNFINISHED))

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[Backup]:
        """It gets its name when the block ends without an error."""
        self._remove_unfinished()
        unfinished = self._folder / (name + _UNFINISHED)
        durable.make_folder(unfinished)
        yield Backup(unfinished, name)
        os.sync()
        unfinished.rename(self._folder / name)
        durable.sync(self._folder)

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[Backup]:
        yield Backup(self._folder / newest(self.names(), name, str(self._folder)))

    def has_original(self, entry: Entry) -> bool:
        copy = self._original(entry)
        return copy.is_file() and copy.stat().st_size == entry.size

    def put_original(self, source: Path, entry: Entry) -> None:
        copying.copy(source, self._original(entry), entry.sha256)

    def get_original(self, entry: Entry, target: Path) -> None:
        copying.copy(self._original(entry), target, entry.sha256)

    def put_preview(self, source: Path, name: str) -> int:
        copy = self._folder / name
        if copying.is_same(source, copy):
            return 0
        copying.copy(source, copy)
        return copy.stat().st_size

    def get_preview(self, name: str, target: Path) -> None:
        copy = self._folder / name
        if not copying.is_same(copy, target):
            copying.copy(copy, target)

    def prune(self, keep: int, newest: str) -> int:
        for name in expired_names(self.names(), keep, newest):
            # An interrupted deletion leaves no half of a backup under its name.
            (self._folder / name).rename(self._folder / (name + _UNFINISHED))
        self._remove_unfinished()
        hashes, ids = needed_files(Backup(self._folder / name) for name in self.names())
        for folder in self._files("previews/*/*"):
            if is_preview_without(ids, folder):
                shutil.rmtree(self._folder / folder)
        unneeded = [file for file in self._files("originals/*/*") if is_copy_without(hashes, file)]
        for file in unneeded:
            (self._folder / file).unlink()
        return len(unneeded)

    def _original(self, entry: Entry) -> Path:
        return self._folder / original_name(entry.sha256)

    def _files(self, pattern: str) -> Iterator[str]:
        for path in self._folder.glob(pattern):
            yield path.relative_to(self._folder).as_posix()

    def _remove_unfinished(self) -> None:
        for path in self._folder.glob("*" + _UNFINISHED):
            if is_backup_name(path.name.removesuffix(_UNFINISHED)):
                shutil.rmtree(path)
