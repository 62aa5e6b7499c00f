"""What hints have missed: offered again. Any number of sweeps may run at once."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import DecoderCrash, StorageUnavailable
from gallery.media import storage
from gallery.models import Image, State

log = logging.getLogger(__name__)

_MOST_OFFERS = 500
# A fresh upload has its own hint on the way; one that failed before has none.
_PATIENCE = timedelta(seconds=30)
_ABANDONED_SECONDS = 3600


def sweep() -> None:
    _quarantine()
    for key in _offer():
        hint(Stage.DERIVE, str(key))
    if Image.objects.awaiting(State.DERIVED).due().exists():
        hint(Stage.EMBED)
    _remove_abandoned()


def _quarantine() -> None:
    """Images whose last permitted worker never came back."""
    lost = Image.objects.awaiting(State.STORED).filter(
        lease_until__lt=Now(), attempts__gte=config().max_attempts
    )
    count = lost.update(
        state=State.QUARANTINED,
        lease_until=None,
        updated_at=Now(),
        error_code=DecoderCrash.code,
        error_message="The process that decoded the picture was lost each time.",
    )
    if count:
        log.warning("%s images quarantined: their workers were lost each time", count)


@transaction.atomic
def _offer() -> list[uuid.UUID]:
    """Due images, longest waiting first.

    Offering one sets its due time to now: it may be claimed at once, but is not offered again
    before others, nor (if fresh) for half a minute.
    """
    waiting = Q(attempts__gt=0) | Q(next_attempt_at__lte=Now() - _PATIENCE)
    due = Image.objects.awaiting(State.STORED).due().filter(waiting)
    locked = due.order_by("next_attempt_at").select_for_update(skip_locked=True, of=("self",))
    keys = list(locked.values_list("pk", flat=True)[:_MOST_OFFERS])
    Image.objects.filter(pk__in=keys).update(next_attempt_at=Now())
    return keys


def _remove_abandoned() -> None:
    try:
        abandoned = storage.abandoned(_ABANDONED_SECONDS)
        for path in abandoned:
            storage.discard(path)
    except StorageUnavailable as error:
        log.warning("temporary files stay: %s", error.message)
        return
    if abandoned:
        log.info("%s abandoned temporary files removed", len(abandoned))
