"""Copies the whole gallery to a folder or to S3 while the site is in use.

The files of images that are deleted meanwhile stay until the backup has ended, so that each row of
the dump has its files in the backup. The manifest and the dump are of the same moment.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from gallery.core.config import config
from gallery.core.errors import BackupFailed, NotNow
from gallery.media import storage
from gallery.media.previews import SIZES
from gallery.models import CompletedBackup, Image
from gallery.models.locks import Lock, if_free, waiting_for
from gallery.operations.files import postgres
from gallery.operations.files.copying import Damaged
from gallery.operations.files.expiry import NAME_FORMAT
from gallery.operations.files.place import place_name, repository_of
from gallery.operations.files.repository import Backup, Entry, Repository, Summary

log = logging.getLogger(__name__)

# Shows the progress: gets the entries and their number, and gives them on.
Track = Callable[[Iterable[Entry], int], Iterable[Entry]]


@dataclass
class _Copied:
    """What became of the originals; ``size`` and ``copied`` in bytes, with previews."""

    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    size: int = 0
    copied: int = 0


def backup(
    address: Path | str, *, keep: int = 0, track: Track = lambda entries, _: entries
) -> Summary:
    """Make a backup in a folder or in ``s3://bucket/prefix``, and note it for the admin.

    Only originals and previews that are not there are copied. ``keep`` is the number of backups
    that are kept, 0 means all. Raises ``NotNow`` while another backup runs, and ``BackupFailed``.
    """
    target = repository_of(address)
    try:
        with if_free(Lock.BACKUP) as is_held:
            if not is_held:
                raise NotNow("Another backup is running.")
            name = datetime.now(UTC).strftime(NAME_FORMAT)
            summary = _backup(target, name, track)
            if keep:
                target.prune(keep, name)
            _note(summary, name, place_name(address))
            return summary
    except OSError as error:
        raise BackupFailed(f"The backup was not completed: {error}") from error
    except Error as error:
        raise BackupFailed(f"The database was lost during the backup: {error}") from error


def _backup(target: Repository, name: str, track: Track) -> Summary:
    moment = datetime.now(UTC)
    with target.new(name) as new:
        # The lock ends with its session. If that is lost, files may be removed; releasing the lock
        # then fails, and so does the backup.
        with waiting_for(Lock.REMOVE_FILES):
            count = _dump(new)
            copied = _copy_files(target, track(new, count))
        dump_size = new.dump.stat().st_size
        summary = Summary(
            created=moment.isoformat(timespec="seconds"),
            version=config().version,
            migration=_newest_migration(),
            images=count,
            missing=copied.missing,
            damaged=copied.damaged,
            size=copied.size + dump_size,
            copied=copied.copied + dump_size,
        )
        new.finish(summary)
    return summary


def _note(summary: Summary, name: str, place: str) -> None:
    CompletedBackup.objects.create(
        name=name,
        place=place[:500],
        pictures=summary.images,
        size=summary.size,
        copied=summary.copied,
        missing=len(summary.missing),
        damaged=len(summary.damaged),
    )


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


def _copy_files(target: Repository, entries: Iterable[Entry]) -> _Copied:
    result = _Copied()
    media = Path(settings.MEDIA_ROOT)
    for entry in entries:
        result.size += entry.size
        try:
            if not target.has_original(entry):
                target.put_original(media / entry.original, entry)
                result.copied += entry.size
        except FileNotFoundError:
            result.missing.append(entry.id)
        except Damaged:
            result.damaged.append(entry.id)
        _copy_previews(target, media, entry, result)
    return result


def _copy_previews(target: Repository, media: Path, entry: Entry, result: _Copied) -> None:
    """Add their bytes to ``result``. One that is lost is made again after a restore."""
    for size in SIZES:
        source = storage.preview_path(entry.uuid, size)
        with contextlib.suppress(FileNotFoundError, Damaged):
            result.size += source.stat().st_size
            result.copied += target.put_preview(source, str(source.relative_to(media)))


def _newest_migration() -> str:
    applied = MigrationRecorder(connection).applied_migrations()
    return max(name for app, name in applied if app == "gallery")
