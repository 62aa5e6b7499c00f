"""Removes the files of deleted images, which triggers of the database note in ``DeletedImage``."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from gallery.jobs import slices
from gallery.media import storage
from gallery.models import DeletedImage, Image
from gallery.models.locks import Lock, shared_if_free

log = logging.getLogger(__name__)

_BATCH = 500
# The sweep runs every 15 seconds.
_SLICE_SECONDS = 5.0
# The wait after files could not be removed, for instance from a disk that is not writable.
_PAUSE = timedelta(minutes=10)


def remove(image_ids: Collection[uuid.UUID]) -> None:
    """Remove the files of these deleted images now; the sweep does it later if a backup runs."""
    _remove_batch(DeletedImage.objects.filter(pk__in=image_ids))


def remove_due(seconds: float = _SLICE_SECONDS) -> None:
    """Remove files of deleted images for about ``seconds``; nothing while a backup runs."""
    due = DeletedImage.objects.filter(next_attempt_at__lte=Now()).order_by("next_attempt_at")
    slices.run(lambda: _remove_batch(due), seconds)


def _remove_batch(deleted: QuerySet[DeletedImage]) -> bool:
    """Whether there may be more. Several processes may call this: each takes other rows."""
    with shared_if_free(Lock.REMOVE_FILES) as is_held:
        return is_held and _remove_rows(deleted)


@transaction.atomic
def _remove_rows(deleted: QuerySet[DeletedImage]) -> bool:
    rows = list(deleted.select_for_update(skip_locked=True)[:_BATCH])
    if not rows:
        return False
    keys = [row.pk for row in rows]
    # A row that somebody inserted again, for instance from a backup, keeps its files.
    existing = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
    done = [row.pk for row in rows if row.pk in existing or storage.forget(row.pk, row.original)]
    DeletedImage.objects.filter(pk__in=done).delete()
    if failed := set(keys) - set(done):
        DeletedImage.objects.filter(pk__in=failed).update(next_attempt_at=Now() + _PAUSE)
    log.debug("files of %s deleted images removed", len(done))
    return len(rows) == _BATCH
