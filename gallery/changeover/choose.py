"""Choose the encoder of a database, and start a change of encoder if it is a new one."""

from __future__ import annotations

import logging

from gallery.changeover import control
from gallery.core.command_line import management_command
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import spaces
from gallery.encoders import memory, towers
from gallery.encoders.model import discovery
from gallery.encoders.model.names import BUILTIN
from gallery.models import Embedding, EmbeddingSpace
from gallery.models.locks import Lock, waiting_for

log = logging.getLogger(__name__)

AUTO = "auto"
_LONGEST_NAME: int = EmbeddingSpace._meta.get_field("encoder").max_length or 0


def choose(
    name: str, *, by_setting: bool = False, switch_when_complete: bool | None = None
) -> EmbeddingSpace:
    """Choose the model of this name; one process at a time.

    Returns the model's space. It is active, or it is being backfilled while the active one
    goes on answering. It becomes active at once if there are no vectors yet, or if the weights
    changed under the same name: then the model of the old vectors no longer exists.
    ``auto`` keeps an earlier choice. Choosing the active model by name ends a backfill.
    A choice ``by_setting`` is repeated at every start, so it never returns to a space that was
    left. ``switch_when_complete`` is explained in ``control.start``.

    ``reason`` of the result is a sentence for people. Raises ``EncoderUnavailable`` and
    ``EncoderMismatch`` for a model chosen by name, ``NotEnoughMemory`` if that model does not fit
    into memory, and ``SpaceBeingDeleted``.
    """
    with waiting_for(Lock.CHOOSE_ENCODER):
        active = EmbeddingSpace.objects.filter(active=True).first()
        if name == AUTO:
            return _first() if active is None else _keep(active)
        chosen = _space_of(name)
        if active is not None and active.fingerprint == chosen.fingerprint:
            if not by_setting:
                control.end()
            return _rename(active, chosen)
        inactive = EmbeddingSpace.objects.filter(active=False, backfill=None)
        if active and by_setting and inactive.filter(fingerprint=chosen.fingerprint).exists():
            active.reason = (
                f"GALLERY_ENCODER names {name}, which was replaced by this one; "
                f"{management_command(f'encoder choose --name {name}')} goes back to it"
            )
            return active
        return _change(chosen, active, switch_when_complete=switch_when_complete)


def _first() -> EmbeddingSpace:
    choice = discovery.discover()
    try:
        return _change(_space_of(*choice), None)
    except (EncoderUnavailable, EncoderMismatch) as error:
        if choice.name != discovery.PREFERRED:
            raise
        return _change(_space_of(BUILTIN, error.message), None)


def _keep(active: EmbeddingSpace) -> EmbeddingSpace:
    try:
        today = _space_of(active.encoder)
    except EncoderUnavailable as error:
        log.warning("the chosen encoder is not available: %s", error)
        active.reason = f"chosen at an earlier start, but not available now: {error}"
        return active
    if today.fingerprint != active.fingerprint:
        return _change(today, active)
    active.reason = f"chosen at an earlier start ({active.reason})"
    return active


def _space_of(name: str, reason: str = "chosen by name") -> EmbeddingSpace:
    """The unsaved space of the model that has this name today; downloaded if necessary."""
    if len(name) > _LONGEST_NAME:
        raise EncoderUnavailable(
            f"The name has {len(name)} characters, and the database stores {_LONGEST_NAME} at "
            "most: put the model into the models directory and use its folder's name."
        )
    fingerprint = str(discovery.obtain(name).fingerprint)
    brief = " ".join(reason.split())[:300]
    return EmbeddingSpace(encoder=name, fingerprint=fingerprint, reason=brief)


def _rename(active: EmbeddingSpace, chosen: EmbeddingSpace) -> EmbeddingSpace:
    """The same files under another name, or with another model for the texts."""
    if active.encoder != chosen.encoder:
        towers.load(spaces.encoder_of(chosen), pictures=False)
        active.encoder = chosen.encoder
        active.save(update_fields=["encoder"])
    return active


def _change(
    chosen: EmbeddingSpace,
    active: EmbeddingSpace | None,
    *,
    switch_when_complete: bool | None = None,
) -> EmbeddingSpace:
    """Load the encoder, which may fail, before anything is changed."""
    weights_changed = active is not None and active.encoder == chosen.encoder
    if active is not None and not weights_changed and spaces.computations_of(chosen) is None:
        # Linux kills a process without a message when the memory runs out.
        memory.require(spaces.model_of(chosen))
    towers.load(spaces.encoder_of(chosen))
    if weights_changed:
        chosen.reason = "its weights have changed"
    space, _ = EmbeddingSpace.objects.update_or_create(
        fingerprint=chosen.fingerprint,
        defaults={"encoder": chosen.encoder, "reason": chosen.reason},
    )
    no_vectors = not Embedding.objects.filter(space=active).exists()
    if active is None or weights_changed or no_vectors:
        return spaces.activate(space)
    return control.start(space, switch_when_complete=switch_when_complete)
