"""The active embedding space, and the encoder of a space."""

from __future__ import annotations

import logging
import threading

from cachetools import TTLCache
from django.db import transaction
from django.db.models.functions import Coalesce, Now

from gallery.core.command_line import management_command
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import EncoderMismatch, EncoderUnavailable, SpaceBeingDeleted
from gallery.embeddings import coverage
from gallery.encoders import loader, towers
from gallery.encoders.base import Computations, Encoder, Fingerprint
from gallery.encoders.model import lookup
from gallery.encoders.model.resolved import ResolvedModel
from gallery.models import EmbeddingSpace, Image, SpaceBackfill, State

log = logging.getLogger(__name__)

_RECENT_SECONDS = 1.0
_recent: TTLCache[str, EmbeddingSpace] = TTLCache(1, _RECENT_SECONDS)
_lock = threading.Lock()


def active() -> EmbeddingSpace:
    """With its index, for a search. Raises ``EncoderUnavailable`` if no encoder is chosen yet."""
    space = EmbeddingSpace.objects.filter(active=True).select_related("index").first()
    if space is None:
        command = management_command("encoder choose")
        raise EncoderUnavailable(f"No encoder is chosen yet: run {command}.")
    return space


def recently_active() -> EmbeddingSpace:
    """Like ``active``, but read at most once a second in each process, for searches.

    So for a second after a switch, other processes search the previous space. If its index was
    replaced meanwhile, these searches are exact and slow.
    """
    with _lock:
        space = _recent.get("active")
    if space is None:
        space = active()
        with _lock:
            _recent["active"] = space
    return space


def forget_active() -> None:
    """Read the active space again at the next search of this process."""
    with _lock:
        _recent.clear()


def encoder_of(space: EmbeddingSpace) -> Encoder:
    """The encoder whose vectors may be compared with the space's; loaded if necessary.

    Raises ``EncoderUnavailable``, and ``EncoderMismatch`` if the model of that name is another
    one now.
    """
    encoder = loader.reuse(space.encoder, space.fingerprint)
    if encoder is None:
        encoder = loader.load(model_of(space))
        _check(space, encoder.fingerprint)  # the files may just have been replaced
    return encoder


def model_of(space: EmbeddingSpace) -> ResolvedModel:
    """The model of the space's name on this machine. Raises like ``encoder_of``."""
    model = lookup.find(space.encoder)
    _check(space, model.fingerprint)
    return model


def _check(space: EmbeddingSpace, fingerprint: Fingerprint) -> None:
    if str(fingerprint) != space.fingerprint:
        raise EncoderMismatch(
            f"The model {space.encoder} is now another one ({fingerprint}) than this "
            f"database's vectors were made with ({space.fingerprint}): run "
            f"{management_command('encoder choose')}.",
            encoder=space.encoder,
        )


def loaded_encoder_of(space: EmbeddingSpace, *, pictures: bool) -> Encoder | None:
    """The encoder if this process has loaded it, for ``pictures`` or else for texts."""
    encoder = loader.held(space.encoder, space.fingerprint)
    if encoder is None or not towers.is_loaded(encoder, pictures=pictures, texts=not pictures):
        return None
    return encoder_of(space)


def computations_of(space: EmbeddingSpace) -> Computations | None:
    """Backend, variant and speed by tower, of the towers that this process has loaded.

    None if this process has not loaded the encoder. Loads no model and reads no file.
    """
    encoder = loader.held(space.encoder, space.fingerprint)
    return None if encoder is None else encoder.computations


def hold(space: EmbeddingSpace) -> bool:
    """Whether the space is active; if so, it stays active until the current transaction ends."""
    rows = EmbeddingSpace.objects.select_for_update(no_key=True)
    return rows.filter(pk=space.pk, active=True).exists()


def lock(space: EmbeddingSpace) -> EmbeddingSpace:
    """Lock the rows of all spaces, in the order of their keys, until the transaction ends.

    The embed stage holds the active space while it stores vectors, so meanwhile the active space
    stays the same and no image becomes searchable. Raises ``SpaceBeingDeleted``.
    """
    rows = EmbeddingSpace.objects.select_for_update(no_key=True).order_by("pk")
    current = {row.pk: row for row in rows}.get(space.pk)
    if current is None or current.dropping:
        message = f"The space of {space} is being deleted. Try again in a moment."
        raise SpaceBeingDeleted(message, space=str(space))
    return current


@transaction.atomic
def activate(space: EmbeddingSpace) -> EmbeddingSpace:
    """Make the space active, complete or not. Images without a vector in it are embedded soon,
    and are not found until then. Raises ``SpaceBeingDeleted``.
    """
    space = lock(space)
    others = EmbeddingSpace.objects.filter(active=True).exclude(pk=space.pk)
    changed = others.update(active=False, activated_at=Coalesce("activated_at", "created_at"))
    EmbeddingSpace.objects.filter(pk=space.pk).update(active=True, activated_at=Now())
    SpaceBackfill.objects.filter(space=space).end()
    forget_active()
    # Other threads still read the space before until the commit.
    transaction.on_commit(forget_active)
    if changed:
        log.info("embedding space %s (%s) is active", space.pk, space.encoder)
        _embed_again(space)
    return EmbeddingSpace.objects.get(pk=space.pk)


def _embed_again(space: EmbeddingSpace) -> None:
    """Send every image without a vector in the space to the embed stage.

    A worker that holds an image at the moment sees that another space is active when it stores the
    vector, and releases the image to be embedded in that space.
    """
    Image.objects.awaiting(State.DERIVED).without_lease().restart(State.DERIVED)
    Image.objects.filter(state=State.FAILED, error_code="bad_embedding").restart(State.DERIVED)
    coverage.without_vector(space).restart(State.DERIVED)
    hint(Stage.EMBED)
