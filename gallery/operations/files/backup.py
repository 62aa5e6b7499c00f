"""Copies the whole gallery to a folder while the site is in use.

The files of images that are deleted meanwhile stay until the backup has ended, so that each row of
the dump has its files in the backup. The manifest and the dump are of the same moment.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from gallery.core.config import config
from gallery.core.errors import BackupFailed, NotNow
from gallery.media import storage
from gallery.media.previews import SIZES
from gallery.models import Image
from gallery.models.locks import Lock, if_free, waiting_for
from gallery.operations.files import copying, postgres
from gallery.operations.files.copying import Damaged
from gallery.operations.files.repository import Backup, Entry, Repository, Summary

log = logging.getLogger(__name__)

# Shows the progress: gets the entries and their number, and gives them on.
Track = Callable[[Iterable[Entry], int], Iterable[Entry]]


def backup(folder: Path, *, keep: int = 0, track: Track = lambda entries, _: entries) -> Summary:
    """Make a backup in ``folder``; only originals and previews that it lacks are copied.

    ``keep`` is the number of backups that are kept, 0 means all. Raises ``NotNow`` while another
    backup runs, and ``BackupFailed``.
    """
    folder = folder.resolve()
    media = Path(settings.MEDIA_ROOT).resolve()
    if folder == media or media in folder.parents:
        raise BackupFailed("The backup must not be inside the folder of the pictures.")
    try:
        with if_free(Lock.BACKUP) as is_held:
            if not is_held:
                raise NotNow("Another backup is running.")
            return _backup(Repository(folder), keep, track)
    except OSError as error:
        raise BackupFailed(f"The backup was not completed: {error}") from error
    except Error as error:
        raise BackupFailed(f"The database was lost during the backup: {error}") from error


def _backup(target: Repository, keep: int, track: Track) -> Summary:
    moment = datetime.now(UTC)
    with target.new(moment.strftime("%Y%m%dT%H%M%S.%fZ")) as new:
        # The lock ends with its session. If that is lost, files may be removed; releasing the lock
        # then fails, and so does the backup.
        with waiting_for(Lock.REMOVE_FILES):
            count = _dump(new)
            missing, damaged = _copy_files(target, track(new, count))
        summary = Summary(
            created=moment.isoformat(timespec="seconds"),
            version=config().version,
            migration=_newest_migration(),
            images=count,
            missing=missing,
            damaged=damaged,
        )
        new.finish(summary)
    if keep:
        target.prune(keep)
    return summary


def _dump(new: Backup) -> int:
    """Write dump and manifest of one snapshot; returns the number of images."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone() or ("",)
        postgres.dump(new.dump, snapshot)
        return new.write_manifest(_entries())


def _entries() -> Iterator[Entry]:
    rows = Image.objects.order_by("pk").values_list("pk", "original", "sha256", "size")
    for key, original, sha256, size in rows.iterator(chunk_size=5000):
        yield Entry(str(key), original, sha256, size)


def _copy_files(target: Repository, entries: Iterable[Entry]) -> tuple[list[str], list[str]]:
    """Returns the ids of images without original, and of those whose original is damaged."""
    missing, damaged = [], []
    media = Path(settings.MEDIA_ROOT)
    for entry in entries:
        try:
            _copy_original(target, media / entry.original, entry)
        except FileNotFoundError:
            missing.append(entry.id)
        except Damaged:
            damaged.append(entry.id)
        _copy_previews(target, media, entry)
    return missing, damaged


def _copy_original(target: Repository, source: Path, entry: Entry) -> None:
    copy = target.original(entry.sha256)
    if not (copy.is_file() and copy.stat().st_size == entry.size):
        copying.copy(source, copy, entry.sha256)


def _copy_previews(target: Repository, media: Path, entry: Entry) -> None:
    """A preview that is missing or being replaced is made again after a restore."""
    for size in SIZES:
        source = storage.preview_path(entry.uuid, size)
        copy = target.preview(str(source.relative_to(media)))
        try:
            if not copying.is_same(source, copy):
                copying.copy(source, copy)
        except FileNotFoundError:
            continue


def _newest_migration() -> str:
    applied = MigrationRecorder(connection).applied_migrations()
    return max(name for app, name in applied if app == "gallery")
