"""Puts a backup back: first the files, then the database, then a search for orphans."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gallery.core.errors import BackupFailed
from gallery.media import shards, storage
from gallery.media.previews import SIZES
from gallery.models import Image
from gallery.models.locks import Lock, waiting_for
from gallery.operations.files import copying, orphan_keeper, orphans, postgres
from gallery.operations.files.backup import Track
from gallery.operations.files.copying import Damaged
from gallery.operations.files.orphans import Orphans
from gallery.operations.files.place import repository_of
from gallery.operations.files.repository import Backup, Entry, Repository

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """``lost`` are ids of images whose original is not, or damaged, in the backup."""

    name: str
    images: int
    lost: list[str]


def restore(
    address: Path | str,
    name: str = "",
    *,
    replace: bool,
    track: Track = lambda entries, _: entries,
) -> Restored:
    """Replace the database by that of a backup (the newest without a name), and add its files.

    Files that exist already with the same bytes are not copied. Afterwards call ``migrate`` and
    ``repair``. Raises ``BackupFailed``, and then the database is unchanged; also if it has images
    and ``replace`` is false.
    """
    source = repository_of(address)
    with source.opened(name) as backup:
        _check(backup, replace=replace)
        images = backup.summary.images
        with waiting_for(Lock.REMOVE_FILES):
            try:
                lost = _copy_files(source, track(backup, images))
            except OSError as error:
                raise BackupFailed(f"The files were not restored: {error}") from error
            os.sync()  # A row must not be committed before its files are on the disk.
            postgres.load(backup.dump)
        return Restored(backup.name, images, lost)


def repair() -> Orphans:
    """Have lost previews made again and mark images without files; returns what was found."""
    total = Orphans()
    for shard in shards.SHARDS:
        result = orphans.find(shard)
        orphan_keeper.repair_unless_backup(result)
        total += result
    return total


def _check(backup: Backup, *, replace: bool) -> None:
    if not replace and Image.objects.exists():
        raise BackupFailed(
            f"The database has {Image.objects.count()} pictures. --replace deletes them, and all "
            "users, in favour of those of the backup."
        )
    migration = backup.summary.migration
    if ("gallery", migration) not in (MigrationLoader(connection).disk_migrations or {}):
        raise BackupFailed(
            f"The backup is of a newer version ({backup.summary.version}), whose migration "
            f"{migration} this version does not have."
        )
    postgres.check(backup.dump)


def _copy_files(source: Repository, entries: Iterable[Entry]) -> list[str]:
    lost = []
    for entry in entries:
        target = Path(settings.MEDIA_ROOT) / entry.original
        try:
            if not copying.has_hash(target, entry.sha256):
                source.get_original(entry, target)
            os.utime(target)  # It looks like a new upload until its row is there.
        except (FileNotFoundError, Damaged):
            lost.append(entry.id)
        _copy_previews(source, entry)
    return lost


def _copy_previews(source: Repository, entry: Entry) -> None:
    """One that is lost or damaged in the backup is made again by ``repair``."""
    for size in SIZES:
        target = storage.preview_path(entry.uuid, size)
        with contextlib.suppress(FileNotFoundError, Damaged):
            source.get_preview(str(target.relative_to(settings.MEDIA_ROOT)), target)
