"""Embedding spaces: which encoder this database's vectors belong to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders import discovery, loader, towers
from gallery.encoders.base import Encoder
from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.model_folder import BUILTIN
from gallery.models import EmbeddingSpace, Image, State

log = logging.getLogger(__name__)

AUTO = "auto"
# One number for "somebody is choosing" among this database's advisory locks.
_CHOOSING = 0x5EA2C4


def choose(name: str) -> EmbeddingSpace:
    """Decide or confirm the database's encoder; callers that come together wait for one another.

    ``auto`` keeps what an earlier choice settled. A change, also of weights under the same name,
    makes a new space active and sends searchable images to be embedded again; the vectors of the
    old space stay. The ``reason`` of the answer is for people. Raises ``EncoderUnavailable`` and
    ``EncoderMismatch`` for a model that was asked for by name.
    """
    with _one_at_a_time():
        current = _active()
        if name == AUTO and current is None:
            return _first()
        if name == AUTO and current is not None:
            return _kept(current)
        return _named(name, current)


def active() -> EmbeddingSpace:
    """Raises ``EncoderUnavailable`` when nothing is chosen yet."""
    space = _active()
    if space is None:
        raise EncoderUnavailable("No encoder is chosen yet: run `encoder choose`.")
    return space


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


def _first() -> EmbeddingSpace:
    choice = discovery.discover()
    if choice.name == discovery.PREFERRED:
        try:
            return _activate(choice.name, _usable(choice.name), choice.reason)
        except (EncoderUnavailable, EncoderMismatch) as error:
            choice = discovery.Choice(BUILTIN, error.message)
    return _activate(choice.name, _usable(choice.name), choice.reason)


def _kept(current: EmbeddingSpace) -> EmbeddingSpace:
    try:
        space = _named(current.encoder, current)
    except EncoderUnavailable as error:
        log.warning("the chosen encoder is not available: %s", error)
        current.reason = f"kept for this database, but not available now: {error}"
        return current
    if space == current:
        space.reason = f"kept for this database; first choice: {current.reason}"
    return space


def _named(name: str, current: EmbeddingSpace | None) -> EmbeddingSpace:
    fingerprint = str(fingerprint_of(discovery.obtain(name)))
    if current is not None and current.fingerprint == fingerprint:
        if current.encoder != name:
            # The same files under another name, or another model for the texts.
            towers.wake(loader.load(name, fingerprint=fingerprint), pictures=False)
            current.encoder = name
            current.save(update_fields=["encoder"])
        return current
    changed = current is not None and current.encoder == name
    reason = "its weights have changed" if changed else "asked for by name"
    return _activate(name, _usable(name, fingerprint), reason)


def _usable(name: str, fingerprint: str = "") -> Encoder:
    """Raises ``EncoderUnavailable`` and ``EncoderMismatch`` now instead of when it is used."""
    encoder = loader.load(name, fingerprint=fingerprint)
    towers.wake(encoder)
    return encoder


@transaction.atomic
def _activate(name: str, encoder: Encoder, reason: str) -> EmbeddingSpace:
    fingerprint = str(encoder.fingerprint)
    reason = " ".join(reason.split())[:300]
    others = EmbeddingSpace.objects.filter(active=True).exclude(fingerprint=fingerprint)
    changed = others.update(active=False)
    space, _ = EmbeddingSpace.objects.update_or_create(
        fingerprint=fingerprint,
        defaults={"encoder": name, "reason": reason, "active": True},
    )
    if changed:
        log.info("embedding space %s replaces another one: %s", space.pk, reason)
        _send_back(space)
    return space


def _send_back(space: EmbeddingSpace) -> None:
    """Let every image that has no vector in the space be embedded, soon and as if for the first
    time; what a worker holds this moment is sent back by that worker itself.
    """
    searchable = Q(state=State.READY) & ~Q(embeddings__space=space)
    unlucky = Q(state=State.FAILED, error_code="bad_embedding")
    waiting = Q(state=State.DERIVED) & (Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))
    rows = Image.objects.filter(searchable | unlucky | waiting)
    rows.update(
        state=State.DERIVED, attempts=0, next_attempt_at=Now(), lease_until=None,
        error_code="", error_message="",
    )  # fmt: skip
    hint(Stage.EMBED)


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
