"""Sends another hint for all work whose hint was lost, and removes files that nobody needs."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import DecoderCrash, StorageUnavailable
from gallery.ingest import deleted_files, turns
from gallery.media import storage
from gallery.models import Image, State

log = logging.getLogger(__name__)

MAX_HINTS = 500
# A new upload has a hint under way, so the sweeper waits. An image that failed before has none.
_GRACE = timedelta(seconds=30)
_ABANDONED_SECONDS = 3600


def sweep() -> None:
    """Hint what is due, quarantine what lost its worker too often, remove files of deleted images
    and abandoned temporary files.

    Several sweeps may run at the same time: each image is hinted by one of them.
    """
    _quarantine()
    for key in _due_images():
        hint(Stage.DERIVE, str(key))
    if Image.objects.awaiting(State.DERIVED).due().exists():
        hint(Stage.EMBED)
    deleted_files.remove_due()
    _remove_abandoned()


def _quarantine() -> None:
    """Quarantine images whose last attempt lost its worker."""
    lost = Image.objects.awaiting(State.STORED).filter(
        lease_until__lt=Now(), attempts__gte=turns.most_attempts()
    )
    count = lost.update(
        state=State.QUARANTINED,
        lease_until=None,
        updated_at=Now(),
        error_code=DecoderCrash.code,
        error_message="The worker process was lost each time it decoded the picture.",
    )
    if count:
        log.warning("%s images quarantined: their workers were lost each time", count)


@transaction.atomic
def _due_images() -> list[uuid.UUID]:
    """Keys of due images, longest waiting first; their due time is set to now.

    They can be claimed at once. Because of the new due time, the next sweep hints other waiting
    images before them, and hints new uploads again only after 30 seconds.
    """
    waiting = Q(attempts__gt=0) | Q(next_attempt_at__lte=Now() - _GRACE)
    due = Image.objects.awaiting(State.STORED).due().filter(waiting)
    locked = due.order_by("next_attempt_at").select_for_update(skip_locked=True, of=("self",))
    keys = list(locked.values_list("pk", flat=True)[:MAX_HINTS])
    Image.objects.filter(pk__in=keys).update(next_attempt_at=Now())
    return keys


def _remove_abandoned() -> None:
    try:
        abandoned = storage.abandoned(_ABANDONED_SECONDS)
        for path in abandoned:
            storage.discard(path)
    except StorageUnavailable as error:
        log.warning("temporary files were not removed: %s", error.message)
        return
    if abandoned:
        log.info("%s abandoned temporary files removed", len(abandoned))
