"""Where backups are: a folder, or a bucket of S3; and the parts of one backup.

``originals/<ab>/<sha256>`` are shared by all backups, as are ``previews``; each backup is a folder
``<time>`` with ``database.dump``, ``images.jsonl`` (its manifest) and ``backup.json``, which is
written last. Other files in the same place are never deleted.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from gallery.core.errors import BackupFailed

DUMP, MANIFEST, SUMMARY = "database.dump", "images.jsonl", "backup.json"

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
    before the backup. ``migration`` is the newest one of the gallery. ``size`` is the number of
    bytes of all originals, previews and the dump, ``copied`` of those that it had to write.
    """

    created: str
    version: str
    migration: str
    images: int
    missing: list[str]
    damaged: list[str]
    size: int = 0
    copied: int = 0


class Repository(Protocol):
    """Finds, begins and deletes the backups of one place, and has the files that they share.

    All methods raise ``BackupFailed`` or ``OSError`` if the place cannot be used.
    """

    def names(self) -> list[str]:
        """Complete backups, in the order of ``in_order``."""

    def new(self, name: str) -> AbstractContextManager[Backup]:
        """A backup that is complete when the block ends without an error."""

    def opened(self, name: str) -> AbstractContextManager[Backup]:
        """The backup; an empty name means the newest. Raises ``BackupFailed`` if there is none."""

    def has_original(self, entry: Entry) -> bool: ...

    def put_original(self, source: Path, entry: Entry) -> None:
        """Raises ``FileNotFoundError``, and ``Damaged`` if the bytes have another hash."""

    def get_original(self, entry: Entry, target: Path) -> None:
        """Raises ``FileNotFoundError``, and ``Damaged`` if the bytes have another hash."""

    def put_preview(self, source: Path, name: str) -> int:
        """Copy a preview unless the same is there; returns the number of bytes written.

        ``name`` is relative to the media folder. Raises ``FileNotFoundError``.
        """

    def get_preview(self, name: str, target: Path) -> None:
        """Raises ``FileNotFoundError``."""

    def prune(self, keep: int, newest: str) -> int:
        """Delete the backups of ``expired_names``, and the shared files that none of the others
        has. Returns the number of deleted originals.
        """


class Backup:
    """One backup in a folder, complete or being made; iterates over the entries of its manifest."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.dump = folder / DUMP
        self.name = name or folder.name
        self._manifest = folder / MANIFEST
        self._summary = folder / SUMMARY

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


def original_name(sha256: str) -> str:
    return f"originals/{sha256[:2]}/{sha256}"


def newest(names: list[str], name: str, place: str) -> str:
    """``name``, or the newest for an empty one. Raises ``BackupFailed`` if it is not there."""
    if not names or (name and name not in names):
        known = ", ".join(names) or "none"
        raise BackupFailed(f"There is no complete backup {name} in {place}: {known}.")
    return name or names[-1]
