"""Finds files without a row and rows without a file, and repairs both.

The clock checks one of 256 shards a minute, so that a gallery is checked every four hours. No
repair destroys anything that cannot be had again: an original without a row is kept for 30 days.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction

from gallery.core.errors import NotNow, StorageFull, StorageUnavailable
from gallery.media import shards, storage
from gallery.media.shards import StoredFile
from gallery.models import DeletedImage, Image, State
from gallery.models.locks import Lock, shared_if_free

log = logging.getLogger(__name__)

ORIGINAL_MISSING = "original_missing"
# An upload's file is older than its row, which may be part of a long transaction.
GRACE_SECONDS = 24 * 3600.0
_KEEP_SECONDS = 30 * 24 * 3600.0
# Rows of a shard that all lack their files: the disk is not mounted, or is another one.
_MAX_MISSING = 10
_HAS_PREVIEWS = (State.DERIVED, State.READY)


@dataclass(frozen=True)
class Orphans:
    """What does not belong together in one shard, or in several.

    ``lost_previews`` are of images that have their original; ``lost_originals`` of images with
    previews, ``lost`` have neither. ``back`` are images without an original that is among the
    orphans, and images that failed because of a missing original which is there again.
    """

    originals: Sequence[StoredFile] = ()
    previews: Sequence[StoredFile] = ()
    lost_originals: Sequence[uuid.UUID] = ()
    lost_previews: Sequence[uuid.UUID] = ()
    lost: Sequence[uuid.UUID] = ()
    back: Sequence[uuid.UUID] = ()

    def __add__(self, other: Orphans) -> Orphans:
        names = [field.name for field in fields(self)]
        return Orphans(*([*getattr(self, name), *getattr(other, name)] for name in names))

    def counts(self) -> dict[str, int]:
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def keep() -> None:
    """Check and repair the shard whose turn it is; nothing while a backup runs."""
    shard = shards.SHARDS[int(time.time() // 60) % len(shards.SHARDS)]
    try:
        with shared_if_free(Lock.REMOVE_FILES) as is_held:
            if is_held:
                _repair_by_clock(shard)
    except (StorageFull, StorageUnavailable) as error:
        log.warning("orphans of shard %s were not looked for: %s", shard, error.message)


def find(shard: str, *, grace: float = GRACE_SECONDS) -> Orphans:
    """Files younger than ``grace`` seconds may be uploads whose rows are not committed yet."""
    # The files are listed before the rows are read: a row is committed after its file is there.
    originals, previews = shards.originals(shard), shards.preview_folders(shard)
    latest = time.time() - grace
    known = _known(file.image_id for file in (*originals, *previews) if file.modified <= latest)
    unknown = [
        [file for file in files if file.modified <= latest and file.image_id not in known]
        for files in (originals, previews)
    ]
    return Orphans(unknown[0], unknown[1]) + _incomplete(shard, {file.name for file in originals})


def repair(orphans: Orphans) -> None:
    """Move originals without a row to the orphans and back, delete previews without a row, have
    lost previews made again, and let images without any file fail, with a code that says why.

    An image that fails this way is processed again when its owner uploads the picture again.
    """
    for file in orphans.originals:
        if not Image.objects.filter(pk=file.image_id).exists():
            shards.move_to_orphans(file)
            log.warning("original %s has no row: moved to the orphans", file.name)
    for file in orphans.previews:
        if not Image.objects.filter(pk=file.image_id).exists():
            storage.forget(file.image_id)
    for key in (*orphans.back, *orphans.lost_previews, *orphans.lost, *orphans.lost_originals):
        _repair_row(key)


def repair_unless_backup(orphans: Orphans) -> None:
    """Raises ``NotNow`` while a backup runs, which needs all files to stay where they are."""
    with shared_if_free(Lock.REMOVE_FILES) as is_held:
        if not is_held:
            raise NotNow("A backup is running. Repair when it has ended.")
        repair(orphans)


def purge(seconds: float = _KEEP_SECONDS) -> int:
    """Delete originals that have been among the orphans for ``seconds``; returns their number."""
    expired = shards.expired_orphans(seconds)
    for path in expired:
        storage.discard(path)
    return len(expired)


def _repair_by_clock(shard: str) -> None:
    purge()
    orphans = find(shard)
    if not shards.is_mounted() or _all_missing(shard, orphans):
        log.warning("no original of shard %s is there: is the media folder mounted?", shard)
        return
    repair(orphans)
    if any(orphans.counts().values()):
        log.warning("orphans of shard %s: %s", shard, orphans.counts())


def _all_missing(shard: str, orphans: Orphans) -> bool:
    missing = len(orphans.lost) + len(orphans.lost_originals)
    return missing >= _MAX_MISSING and not shards.originals(shard)


def _known(image_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Images with a row, and deleted ones whose files the sweep removes."""
    keys = list(image_ids)
    existing = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return existing | set(DeletedImage.objects.filter(pk__in=keys).values_list("pk", flat=True))


def _incomplete(shard: str, listed: set[str]) -> Orphans:
    first, last = uuid.UUID(shard + "0" * 30), uuid.UUID(shard + "f" * 30)
    rows = Image.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    columns = rows.only("original", "state", "error_code", "attempts")
    problems: dict[str, Any] = {}
    for image in columns.iterator(chunk_size=1000):
        if problem := _problem(image, has_original=image.original in listed):
            problems.setdefault(problem, []).append(image.pk)
    return Orphans(**problems)


def _problem(image: Image, *, has_original: bool) -> str:
    """The field of ``Orphans`` for the image, or an empty text."""
    failed_without = image.error_code == ORIGINAL_MISSING
    if has_original or storage.original_path(image).is_file():
        if failed_without:
            return "back"
        lacks_previews = image.state in _HAS_PREVIEWS and not shards.has_previews(image.pk)
        return "lost_previews" if lacks_previews else ""
    if shards.is_orphan(image.original):
        return "back"
    if failed_without:
        return ""
    return "lost_originals" if shards.has_previews(image.pk) else "lost"


@transaction.atomic
def _repair_row(key: uuid.UUID) -> None:
    """Look again while the row is locked: an upload may have restored the original."""
    image: Image | None = Image.objects.filter(pk=key).select_for_update(of=("self",)).first()
    if image is None:
        return
    problem = _problem(image, has_original=False)
    row = Image.objects.filter(pk=key)
    if problem == "back":
        shards.move_back(image.original)
        if image.error_code == ORIGINAL_MISSING or not shards.has_previews(key):
            row.restart(State.STORED)
    elif problem == "lost_previews":
        row.restart(State.STORED)
    elif problem == "lost":
        row.update(
            state=State.FAILED,
            lease_until=None,
            error_code=ORIGINAL_MISSING,
            error_message="The file of the picture is lost. Upload the picture again.",
        )
        log.warning("image %s has no file", key)
