"""Which space answers: begin to fill another, pause, resume, switch over, roll back."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import InvalidInput
from gallery.embeddings import progress, trouble
from gallery.models import EmbeddingSpace, Fill, FillJob, Image, State, Trouble

log = logging.getLogger(__name__)

_UNDER_WAY = (Fill.RUNNING, Fill.PAUSED)
_UNMEASURED: dict[str, Any] = {
    "counted_at": None, "missing": None, "pace": None, "looked_at": None,
}  # fmt: skip
# Told of no trouble, and every attempt to load the encoder still to make.
_AS_NEW: dict[str, Any] = {**trouble.NOTHING, "loads": 0, "loading_until": None}
_ROWS = 5000
_AFRESH: dict[str, Any] = {
    "state": State.DERIVED, "attempts": 0, "next_attempt_at": Now(), "lease_until": None,
    "error_code": "", "error_message": "",
}  # fmt: skip


class NotNow(InvalidInput):
    """The space is not in the phase that this would need; the message is in the reader's
    language.
    """

    code = "not_now"
    status = 409


@transaction.atomic
def activate(name: str, fingerprint: str, reason: str) -> EmbeddingSpace:
    """The space answers from now on, filled or not: images without a vector in it are embedded
    again, soon and as if for the first time. For a database where there is nothing to lose.
    """
    space = _known(name, fingerprint, reason)
    _make_active(space)
    return _fresh(space)


@transaction.atomic
def begin(
    name: str, fingerprint: str, reason: str, *, switch_when_full: bool | None = None
) -> EmbeddingSpace:
    """Fill the space beside the one that answers; a filling of another one ends, and is kept.

    A space that is being filled, or paused, stays as it is but for ``switch_when_full``, and
    that also when it is None (else: yes).
    """
    space = _known(name, fingerprint, reason)
    if space.active:
        return space
    others = EmbeddingSpace.objects.filter(fill__in=_UNDER_WAY).exclude(pk=space.pk)
    others.update(fill=Fill.NONE, **_AS_NEW)
    if space.fill not in _UNDER_WAY:
        _start(space)
        switch_when_full = switch_when_full is not False
    if switch_when_full is not None:
        EmbeddingSpace.objects.filter(pk=space.pk).update(switch_when_full=switch_when_full)
    hint(Stage.FILL)
    return _fresh(space)


def give_up() -> None:
    """End the filling of whatever space is being filled; it is kept, as far as it is."""
    EmbeddingSpace.objects.filter(fill__in=_UNDER_WAY).update(fill=Fill.NONE)


def begin_again(space: EmbeddingSpace) -> EmbeddingSpace:
    """Fill a kept space up and let it answer. Raises ``NotNow`` for one that is being dropped."""
    return begin(space.encoder, space.fingerprint, space.reason, switch_when_full=True)


def pause(space: EmbeddingSpace, because: Trouble = Trouble.NONE, detail: str = "") -> None:
    """What is being encoded this moment is still written. Raises ``NotNow``."""
    rows = EmbeddingSpace.objects.filter(pk=space.pk, fill=Fill.RUNNING)
    told = trouble.of(because, detail) if because else trouble.NOTHING
    if not rows.update(fill=Fill.PAUSED, **told, **_UNMEASURED):
        raise NotNow(gettext("The space of %(space)s is not being filled.") % {"space": space})


@transaction.atomic
def resume(space: EmbeddingSpace) -> None:
    """Go on filling a paused space, and try again what was skipped. Raises ``NotNow``."""
    rows = EmbeddingSpace.objects.filter(pk=space.pk, fill=Fill.PAUSED)
    if not rows.update(fill=Fill.RUNNING, **_AS_NEW, **_UNMEASURED):
        raise NotNow(gettext("The filling of %(space)s is not paused.") % {"space": space})
    FillJob.objects.filter(space=space, skipped=True).delete()
    hint(Stage.FILL)


@transaction.atomic
def switch(space: EmbeddingSpace) -> EmbeddingSpace:
    """Let the space answer from the next search on; the one before is kept as it is.

    Nothing becomes searchable in the old space while this holds its row, so the coverage seen
    here is the coverage. Raises ``NotNow`` when something is outstanding.
    """
    target = _held(space)
    if target.active:
        return target
    if missing := progress.outstanding(target).count():
        sentence = gettext("Pictures that have no vector of %(space)s yet: %(missing)s.")
        raise NotNow(sentence % {"space": target, "missing": missing}, missing=missing)
    _make_active(target)
    return _fresh(target)


def previous() -> EmbeddingSpace | None:
    """The space that answered before the active one, while it is kept."""
    kept = EmbeddingSpace.objects.filter(active=False, fill=Fill.NONE, activated_at__isnull=False)
    return kept.order_by("-activated_at", "-pk").first()


@transaction.atomic
def rollback() -> EmbeddingSpace:
    """Back to the space before, at once: what came since is found once it is embedded there.

    Raises ``NotNow`` when none is kept.
    """
    space = previous()
    if space is None:
        raise NotNow(gettext("No earlier embedding space is kept."))
    target = _held(space)
    _make_active(target)
    return _fresh(target)


def _known(name: str, fingerprint: str, reason: str) -> EmbeddingSpace:
    """The row of this fingerprint, locked. Raises ``NotNow`` for one that is being dropped."""
    _hold_all()
    brief = " ".join(reason.split())[:300]
    defaults = {"encoder": name, "reason": brief}
    space, _ = EmbeddingSpace.objects.update_or_create(fingerprint=fingerprint, defaults=defaults)
    return _held(space)


def _start(space: EmbeddingSpace) -> None:
    FillJob.objects.filter(space=space).delete()
    EmbeddingSpace.objects.filter(pk=space.pk).update(
        fill=Fill.RUNNING, full_at=None, reached=None, started_at=Now(), **_AS_NEW, **_UNMEASURED
    )
    log.info("embedding space %s is being filled: %s", space.pk, space.reason)


def _held(space: EmbeddingSpace) -> EmbeddingSpace:
    target = _hold_all().get(space.pk)
    if target is None or target.fill == Fill.DROPPING:
        sentence = gettext("The space of %(space)s is being dropped: try again in a moment.")
        raise NotNow(sentence % {"space": space})
    return target


def _hold_all() -> dict[int, EmbeddingSpace]:
    """By primary key, locked in its order. There are few, and so the one is among them that is
    active by the time the locks are there: ``embed`` holds it while it stores.
    """
    rows = EmbeddingSpace.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows}


def _make_active(space: EmbeddingSpace) -> None:
    others = EmbeddingSpace.objects.filter(active=True).exclude(pk=space.pk)
    changed = others.update(active=False, activated_at=Coalesce("activated_at", "created_at"))
    EmbeddingSpace.objects.filter(pk=space.pk).update(
        active=True, fill=Fill.NONE, activated_at=Now(), **_AS_NEW, **_UNMEASURED
    )
    FillJob.objects.filter(space=space).delete()
    if changed:
        log.info("embedding space %s (%s) answers now", space.pk, space.encoder)
        _send_back(space)


def _send_back(space: EmbeddingSpace) -> None:
    """Let every image that has no vector in the space be embedded, soon and as if for the first
    time; what a worker holds this moment is sent back by that worker itself.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    for images in (
        Image.objects.filter(free, state=State.DERIVED),
        Image.objects.filter(state=State.FAILED, error_code="bad_embedding"),
        progress.without_vector(space),
    ):
        # In the order in which a deletion locks its rows.
        rows = images.order_by("pk").select_for_update(no_key=True, of=("self",))
        keys = list(rows.values_list("pk", flat=True))
        for start in range(0, len(keys), _ROWS):
            Image.objects.filter(pk__in=keys[start : start + _ROWS]).update(**_AFRESH)
    hint(Stage.EMBED)


def _fresh(space: EmbeddingSpace) -> EmbeddingSpace:
    return EmbeddingSpace.objects.get(pk=space.pk)
