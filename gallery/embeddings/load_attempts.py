"""Whether this process may load the encoder of a space beside the one that answers.

Two models may be more than the memory holds, and then the kernel kills a process without a word.
So an attempt is counted and committed before it is made, one process at a time makes one, and
when several were lost the filling is paused with the reason.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import PIL.Image
from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, EncoderUnavailable
from gallery.embeddings import spaces, switch
from gallery.encoders import loader, towers
from gallery.encoders.base import Encoder
from gallery.models import EmbeddingSpace, Fill, Trouble

log = logging.getLogger(__name__)

# In leases: a model is read from a slow disk for longer than a batch is encoded. It is also the
# pause after a loss, in which uploads are left in peace.
_LEASES = 5


class _Attempt(NamedTuple):
    """The end of the lease is the token, as in ``Work``."""

    space: int
    until: datetime


_under_way: set[_Attempt] = set()


def load(space: EmbeddingSpace, *, pictures: bool) -> Encoder | None:
    """The encoder of a space that is being filled, for ``pictures`` or else for texts.

    None while another process loads it, and when too many were lost: then the filling is paused.
    What this process has in memory is given at once. Raises as ``spaces.encoder_of`` does.
    """
    held = loader.held(space.encoder, space.fingerprint)
    if held is not None and towers.is_loaded(held, pictures=pictures, texts=not pictures):
        return spaces.encoder_of(space)
    attempt = _begin(space)
    if attempt is None:
        return None
    with _survived(attempt):
        return _tried_out(space, pictures=pictures)


def forgive() -> None:
    """This process was told to end: what it has not finished loading is no loss."""
    for attempt in list(_under_way):
        with suppress(DatabaseError):
            _end(attempt, loads=F("loads") - 1)


def forgive_in_passing() -> None:
    """The same from a signal handler, whose thread may be talking to the database."""

    def work() -> None:
        try:
            forgive()
        finally:
            connection.close()

    if _under_way:
        threading.Thread(target=work, daemon=True, name="forgive").start()


def _begin(space: EmbeddingSpace) -> _Attempt | None:
    until = timezone.now() + timedelta(seconds=_LEASES * config().lease_seconds)
    free = Q(loading_until__isnull=True) | Q(loading_until__lt=Now())
    rows = EmbeddingSpace.objects.filter(free, pk=space.pk, fill=Fill.RUNNING)
    if rows.filter(loads__lt=config().max_attempts).update(
        loads=F("loads") + 1, loading_until=until
    ):
        attempt = _Attempt(space.pk, until)
        _under_way.add(attempt)
        return attempt
    if (lost := rows.values_list("loads", flat=True).first()) is not None:
        with suppress(switch.NotNow):  # another process has paused it just now
            switch.pause(space, Trouble.LOST, str(lost))
            log.error("embedding space %s: %s processes lost while loading", space.pk, lost)
    return None


@contextmanager
def _survived(attempt: _Attempt) -> Iterator[None]:
    """A failure that this process lives to tell of is no loss, but no proof of enough memory."""
    try:
        yield
    except BaseException:
        _end(attempt, loads=F("loads") - 1)
        raise
    _end(attempt, loads=0)


def _end(attempt: _Attempt, **changes: Any) -> None:
    _under_way.discard(attempt)
    rows = EmbeddingSpace.objects.filter(pk=attempt.space, loading_until=attempt.until)
    rows.update(loading_until=None, **changes)


def _tried_out(space: EmbeddingSpace, *, pictures: bool) -> Encoder:
    """Much of the memory is taken by the first batch only, so that is a part of loading."""
    try:
        encoder = spaces.encoder_of(space)
        towers.load(encoder, pictures=pictures, texts=not pictures)
    except MemoryError as error:
        raise EncoderUnavailable(
            f"There is not enough memory for the model {space.encoder}.", encoder=space.encoder
        ) from error
    with suppress(BadEmbedding, MemoryError):  # both are dealt with where it is about a picture
        if pictures:
            blank = PIL.Image.new("RGB", (encoder.picture_side,) * 2)
            encoder.encode_images([blank] * config().embed_batch)
        else:
            encoder.encode_texts(["a picture"])
    return encoder


atexit.register(forgive)
