"""Repairs what ``orphans`` finds: at once for a command, and all the time by the clock.

The clock checks one of 256 shards a minute, so that a gallery is checked every four hours. No
repair destroys anything that cannot be had again: an original without a row is kept for 30 days.
"""

from __future__ import annotations

import logging
import time
import uuid

from django.db import transaction

from gallery.core.errors import NotNow, StorageFull, StorageUnavailable
from gallery.media import shards, storage
from gallery.models import Image, State
from gallery.models.locks import Lock, shared_if_free
from gallery.operations.files.orphans import ORIGINAL_MISSING, Orphans, find, problem_of
from gallery.operations.integrity import media_proof

log = logging.getLogger(__name__)

_KEEP_SECONDS = 30 * 24 * 3600.0
# If a shard has no file and so many rows, its disk is taken not to be mounted.
_MISSING_WHEN_UNMOUNTED = 10


def keep() -> None:
    """Check and repair the shard whose turn it is; nothing while a backup runs."""
    shard = shards.SHARDS[int(time.time() // 60) % len(shards.SHARDS)]
    try:
        with shared_if_free(Lock.REMOVE_FILES) as is_held:
            if is_held:
                _repair_by_clock(shard)
    except (StorageFull, StorageUnavailable) as error:
        log.warning("shard %s was not checked for orphans: %s", shard, error.message)


def repair(orphans: Orphans) -> None:
    """Move originals without a row to the folder of orphans, and back if their row is there again.

    Delete previews without a row, restart images whose previews are lost, and let images without
    any file fail with the code ``ORIGINAL_MISSING``. Such an image is processed again when its
    owner uploads the picture again.
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
    if not any(orphans.counts().values()):
        return
    is_mounted = shards.is_mounted() and media_proof.is_proven()
    if not is_mounted or _all_missing(shard, orphans):
        log.warning("no original of shard %s is there: is the media folder mounted?", shard)
        return
    repair(orphans)
    log.warning("orphans of shard %s: %s", shard, orphans.counts())


def _all_missing(shard: str, orphans: Orphans) -> bool:
    missing = len(orphans.lost) + len(orphans.lost_originals)
    return missing >= _MISSING_WHEN_UNMOUNTED and not shards.originals(shard)


@transaction.atomic
def _repair_row(key: uuid.UUID) -> None:
    """Look again while the row is locked: an upload may have restored the original."""
    image: Image | None = Image.objects.filter(pk=key).select_for_update(of=("self",)).first()
    if image is None:
        return
    problem = problem_of(image, has_original=False)
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
