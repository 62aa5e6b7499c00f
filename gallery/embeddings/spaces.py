"""Embedding spaces: which encoder this database's vectors belong to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Q

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import switch
from gallery.encoders import loader, towers
from gallery.encoders.base import Encoder
from gallery.encoders.model import discovery
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.names import BUILTIN
from gallery.models import Embedding, EmbeddingSpace, Fill

log = logging.getLogger(__name__)

AUTO = "auto"
_LONGEST_NAME: int = EmbeddingSpace._meta.get_field("encoder").max_length or 0
# One number for "somebody is choosing" among this database's advisory locks.
_CHOOSING = 0x5EA2C4


def choose(
    name: str, *, by_setting: bool = False, switch_when_full: bool | None = None
) -> EmbeddingSpace:
    """Decide or confirm the database's encoder; callers that come together wait for one another.

    The answer is the space of that encoder: active, or being filled while the old one goes on
    answering. It is active at once where nothing is lost by it: no vectors yet, or weights that
    changed under the same name, which leave nothing to ask the old space with. Asked for by name,
    the encoder that answers is to stay: a change to another one ends. ``auto`` keeps
    what an earlier choice settled. A choice ``by_setting`` is repeated at every start and never
    returns to a space that was left. ``switch_when_full`` is as in ``switch.begin``.
    ``reason`` is for people. Raises ``EncoderUnavailable`` and
    ``EncoderMismatch`` for a model that was asked for by name.
    """
    with _one_at_a_time():
        current = _active()
        if name == AUTO and current is None:
            return _first()
        if name == AUTO and current is not None:
            return _kept(current)
        asked = _asked(name)
        if current is not None and current.fingerprint == asked.fingerprint:
            if not by_setting:
                switch.give_up()
            return _renamed(current, name)
        if by_setting and current is not None and _was_left(asked):
            return _stayed(current, asked)
        return _change(asked, current, switch_when_full=switch_when_full)


def active() -> EmbeddingSpace:
    """Raises ``EncoderUnavailable`` when nothing is chosen yet."""
    space = _active()
    if space is None:
        raise EncoderUnavailable("No encoder is chosen yet: run `encoder choose`.")
    return space


def filling() -> EmbeddingSpace | None:
    """The space that is being filled now; not one that is paused."""
    return EmbeddingSpace.objects.filter(fill=Fill.RUNNING).first()


def changing() -> EmbeddingSpace | None:
    """The space that is being filled or paused."""
    return EmbeddingSpace.objects.filter(fill__in=(Fill.RUNNING, Fill.PAUSED)).first()


def encoder_of(space: EmbeddingSpace) -> Encoder:
    """The encoder whose vectors may be compared with the space's.

    Raises ``EncoderMismatch`` when the model of that name has become another one.
    """
    encoder = loader.load(space.encoder, fingerprint=space.fingerprint)
    if str(encoder.fingerprint) != space.fingerprint:
        raise EncoderMismatch(
            f"The model {space.encoder} is now another one ({encoder.fingerprint}) than this "
            f"database's vectors were made with ({space.fingerprint}): run `encoder choose`.",
            encoder=space.encoder,
        )
    return encoder


def hold(space: EmbeddingSpace) -> bool:
    """Whether the space is active, and keep it so until the current transaction ends."""
    held = EmbeddingSpace.objects.select_for_update(no_key=True)
    return held.filter(pk=space.pk, active=True).exists()


def hold_unless_dropped(space: EmbeddingSpace) -> bool:
    """Whether vectors may be put into the space, and keep it so for the current transaction."""
    held = EmbeddingSpace.objects.select_for_update(no_key=True)
    return held.filter(pk=space.pk).exclude(fill=Fill.DROPPING).exists()


def _first() -> EmbeddingSpace:
    choice = discovery.discover()
    if choice.name == discovery.PREFERRED:
        try:
            return _change(_asked(*choice), None)
        except (EncoderUnavailable, EncoderMismatch) as error:
            choice = discovery.Choice(BUILTIN, error.message)
    return _change(_asked(*choice), None)


def _kept(current: EmbeddingSpace) -> EmbeddingSpace:
    try:
        asked = _asked(current.encoder)
    except EncoderUnavailable as error:
        log.warning("the chosen encoder is not available: %s", error)
        current.reason = f"kept for this database, but not available now: {error}"
        return current
    if asked.fingerprint != current.fingerprint:
        return _change(asked, current)
    current.reason = f"kept for this database; first choice: {current.reason}"
    return current


def _asked(name: str, reason: str = "asked for by name") -> EmbeddingSpace:
    """The space of this name's model as it is now, unsaved; downloaded if it must be."""
    if len(name) > _LONGEST_NAME:
        raise EncoderUnavailable(
            f"The database keeps names of at most {_LONGEST_NAME} characters, and this one has "
            f"{len(name)}: put the model into the models directory, where a short name will do."
        )
    fingerprint = str(fingerprint_of(discovery.obtain(name)))
    return EmbeddingSpace(encoder=name, fingerprint=fingerprint, reason=reason)


def _renamed(current: EmbeddingSpace, name: str) -> EmbeddingSpace:
    if current.encoder != name:
        # The same files under another name, or another model for the texts.
        encoder = loader.load(name, fingerprint=current.fingerprint)
        towers.load(encoder, pictures=False)
        current.encoder = name
        current.save(update_fields=["encoder"])
    return current


def _was_left(asked: EmbeddingSpace) -> bool:
    """Changed over from, or given up before it was full, or being dropped."""
    begun = Q(activated_at__isnull=False) | Q(started_at__isnull=False)
    left = Q(fill=Fill.DROPPING) | Q(fill=Fill.NONE) & begun
    return EmbeddingSpace.objects.filter(left, fingerprint=asked.fingerprint).exists()


def _stayed(current: EmbeddingSpace, asked: EmbeddingSpace) -> EmbeddingSpace:
    current.reason = (
        f"GALLERY_ENCODER names {asked.encoder}, which this database has left; "
        f"`encoder choose --name {asked.encoder}` goes back to it"
    )
    return current


def _change(
    space: EmbeddingSpace,
    current: EmbeddingSpace | None,
    *,
    switch_when_full: bool | None = None,
) -> EmbeddingSpace:
    """At once when there is nothing to lose by it, else by filling the space in the background."""
    fingerprint = space.fingerprint
    towers.load(loader.load(space.encoder, fingerprint=fingerprint))  # or refuse it now
    if current is None:
        return switch.activate(space.encoder, fingerprint, space.reason)
    if current.encoder == space.encoder:
        # The model that could still be asked in the old space is gone.
        return switch.activate(space.encoder, fingerprint, "its weights have changed")
    if not Embedding.objects.filter(space=current).exists():
        return switch.activate(space.encoder, fingerprint, space.reason)
    return switch.begin(space.encoder, fingerprint, space.reason, switch_when_full=switch_when_full)


def _active() -> EmbeddingSpace | None:
    return EmbeddingSpace.objects.filter(active=True).first()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A lock of the session, not of a transaction: a download may take minutes meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_CHOOSING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_CHOOSING])
