"""The folder of backups.

``originals/<ab>/<sha256>`` are shared by all backups, as are ``previews``; each backup is a folder
``<time>`` with ``database.dump``, ``images.jsonl`` (its manifest) and ``backup.json``, which is
written last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gallery.core.errors import BackupFailed
from gallery.media import durable

_BLOCK = 1 << 20
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Entry:
    """One image of a manifest; ``original`` is relative to the media folder."""

    id: str
    original: str
    sha256: str
    size: int

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.UUID(self.id)


@dataclass(frozen=True)
class Summary:
    """``missing`` and ``damaged`` are ids of images whose original was lost or had other bytes
    before the backup. ``migration`` is the newest one of the gallery."""

    created: str
    version: str
    migration: str
    images: int
    missing: list[str]
    damaged: list[str]


class Damaged(Exception):
    """The bytes of a file do not have the expected hash."""


class Repository:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Complete backups, oldest first."""
        names = (path.parent.name for path in self._folder.glob("*/backup.json"))
        return sorted(name for name in names if not name.endswith(_UNFINISHED))

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[Backup]:
        """A backup that gets its name when the block ends without an error."""
        self.remove_unfinished()
        unfinished = self._folder / (name + _UNFINISHED)
        durable.make_folder(unfinished)
        yield Backup(unfinished)
        os.sync()
        unfinished.rename(self._folder / name)
        durable.sync(self._folder)

    def backup(self, name: str) -> Backup:
        """Raises ``BackupFailed`` if there is none; an empty name means the newest."""
        names = self.names()
        if not names or (name and name not in names):
            known = ", ".join(names) or "none"
            raise BackupFailed(f"There is no complete backup {name} in {self._folder}: {known}.")
        return Backup(self._folder / (name or names[-1]))

    def original(self, sha256: str) -> Path:
        return self._folder / "originals" / sha256[:2] / sha256

    def preview(self, path: str) -> Path:
        """The copy of a preview; ``path`` is relative to the media folder."""
        return self._folder / path

    def remove_unfinished(self) -> None:
        for path in self._folder.glob("*" + _UNFINISHED):
            shutil.rmtree(path)

    def prune(self, keep: int) -> int:
        """Delete all but the newest ``keep`` backups, and the files that only they have.

        Returns the number of deleted originals.
        """
        names = self.names()
        for name in names[:-keep]:
            # An interrupted deletion leaves no half of a backup under its name.
            (self._folder / name).rename(self._folder / (name + _UNFINISHED))
        self.remove_unfinished()
        needed, ids = set(), set()
        for name in names[-keep:]:
            for entry in Backup(self._folder / name):
                needed.add(entry.sha256)
                ids.add(entry.id)
        for folder in self._folder.glob("previews/*/*"):
            if folder.name not in ids:
                shutil.rmtree(folder)
        unneeded = [path for path in self._folder.glob("originals/*/*") if path.name not in needed]
        for path in unneeded:
            path.unlink()
        return len(unneeded)


class Backup:
    def __init__(self, folder: Path) -> None:
        self.dump = folder / "database.dump"
        self.name = folder.name
        self._manifest = folder / "images.jsonl"
        self._summary = folder / "backup.json"

    def __iter__(self) -> Iterator[Entry]:
        with self._manifest.open(encoding="utf-8") as lines:
            for line in lines:
                yield Entry(**json.loads(line))

    def write_manifest(self, entries: Iterator[Entry]) -> int:
        count = 0
        with self._manifest.open("w", encoding="utf-8") as file:
            for entry in entries:
                file.write(json.dumps(asdict(entry)) + "\n")
                count += 1
        return count

    @property
    def summary(self) -> Summary:
        return Summary(**json.loads(self._summary.read_text()))

    def finish(self, summary: Summary) -> None:
        self._summary.write_text(json.dumps(asdict(summary), indent=2) + "\n")


def copy(source: Path, target: Path, sha256: str = "") -> None:
    """Copy a file under its name only when it is complete.

    Raises ``FileNotFoundError``, and ``Damaged`` if the bytes do not have the hash.
    """
    durable.make_folder(target.parent)
    partial = target.with_name(target.name + ".partial")
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, open(partial, "wb", opener=_private) as writer:
            while block := reader.read(_BLOCK):
                digest.update(block)
                writer.write(block)
        if sha256 and digest.hexdigest() != sha256:
            raise Damaged(str(source))
        times = source.stat()
        os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def has_hash(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def is_same(source: Path, target: Path) -> bool:
    """Whether a copy of the file exists, by size and time."""
    try:
        old, new = target.stat(), source.stat()
    except FileNotFoundError:
        return False
    return (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
