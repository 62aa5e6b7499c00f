"""The folder of backups.

``originals/<ab>/<sha256>`` are shared by all backups, as are ``previews``; each backup is a folder
``<time>`` with ``database.dump``, ``images.jsonl`` (its manifest) and ``backup.json``, which is
written last.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gallery.core.errors import BackupFailed
from gallery.media import durable

_UNFINISHED = ".unfinished"
_ORIGINAL = re.compile(r"originals/[0-9a-f]{2}/[0-9a-f-]{36}\.[a-z0-9]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One image of a manifest; ``original`` is relative to the media folder."""

    id: str
    original: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        """Others may have written to the folder of backups: no name may lead out of a folder.

        Raises ``BackupFailed``.
        """
        if not (_ORIGINAL.fullmatch(self.original) and _SHA256.fullmatch(self.sha256)):
            raise BackupFailed(f"The manifest has a file name that no backup writes: {self}")

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


class Repository:
    """Finds, begins and deletes the backups of one folder."""

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
    """One backup, complete or being made; iterates over the entries of its manifest."""

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
