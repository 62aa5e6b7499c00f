"""Have the next encoder in memory before the switch, so that no first search waits for it."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from gallery.core.errors import GalleryError
from gallery.embeddings import load_attempts
from gallery.models import EmbeddingSpace, Fill

log = logging.getLogger(__name__)

_EVERY = 2.0
# Between full coverage and the switch: several looks, and time to load.
GRACE = timedelta(seconds=20)


def watch() -> None:
    """In a thread of its own, for as long as the process answers searches."""
    threading.Thread(target=_look_for_ever, daemon=True, name="anticipate").start()


def load_next() -> EmbeddingSpace | None:
    """Load the encoder of the space that is full and about to answer, if there is one.

    Two encoders are in memory from then on, so nothing is loaded while a space is being filled,
    and one process loads at a time: None also while it is another one's turn.
    """
    space = EmbeddingSpace.objects.filter(fill=Fill.RUNNING, full_at__isnull=False).first()
    if space is None or load_attempts.load(space, pictures=False) is None:
        return None
    return space


def ready(space: EmbeddingSpace) -> bool:
    """Whether the processes that search have had the time to load the space's encoder.

    One that was lost over it counts until its lease ends, and then gets another chance.
    """
    if space.full_at is None:
        return False
    return timezone.now() - max(space.full_at, space.loading_until or space.full_at) >= GRACE


def _look_for_ever() -> None:
    while True:
        time.sleep(_EVERY)
        try:
            load_next()
        except (GalleryError, DatabaseError) as error:
            log.info("the next encoder is not loaded: %s", error)
        finally:
            connection.close()
