"""What moderators decide about images. The caller checks that the person moderates."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from gallery.core.errors import InvalidInput
from gallery.curation.moderation import blocked_bytes, hash_lists
from gallery.models import (
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
    ModerationSource,
    User,
)
from gallery.models.moderation import reasons
from gallery.models.moderation.states import STATE_AFTER

# What a person can do, by the state of the image.
POSSIBLE: dict[Moderation, tuple[ModerationAction, ...]] = {
    Moderation.VISIBLE: (ModerationAction.REJECT, ModerationAction.BLOCK),
    Moderation.HELD: (ModerationAction.APPROVE, ModerationAction.REJECT, ModerationAction.BLOCK),
    # Rejected once more: the answer to an appeal.
    Moderation.HIDDEN: (
        ModerationAction.RESTORE, ModerationAction.REJECT, ModerationAction.BLOCK,
    ),
    Moderation.BLOCKED: (ModerationAction.RESTORE, ModerationAction.REJECT),
}  # fmt: skip
MODERATOR_ACTIONS = (
    ModerationAction.APPROVE,
    ModerationAction.REJECT,
    ModerationAction.BLOCK,
    ModerationAction.RESTORE,
)


@transaction.atomic
def decide(
    images: Collection[uuid.UUID],
    action: ModerationAction,
    *,
    user: User,
    note: str = "",
    shown: Mapping[uuid.UUID, str] | None = None,
) -> list[uuid.UUID]:
    """Write a decision about each image that allows it, answer its open appeal, and return their
    keys. With ``shown``, the states that the person saw, images that have another state by now are
    left as they are. Raises ``InvalidInput`` for a note that is too long."""
    note = checked_text(note, "note", ModerationDecision.MAX_NOTE)
    states = locked_as_shown(images, shown, may_change_list=may_change_list(action))
    appeals = _open_appeals(states)
    rows = [
        ModerationDecision(
            image_id=key,
            source=ModerationSource.PERSON,
            action=action,
            before=state,
            after=STATE_AFTER[action],
            decided_by_id=user.pk,
            note=note,
        )
        for key, state in states.items()
        if action in POSSIBLE[state] and (state != STATE_AFTER[action] or key in appeals)
    ]
    decided = [row.image_id for row in rows]
    _store(rows, appeals, _change_list(decided, action, user))
    return decided


def may_change_list(action: ModerationAction) -> bool:
    """Whether it may change the list of blocked bytes."""
    return STATE_AFTER[action] == Moderation.VISIBLE or action == ModerationAction.BLOCK


def locked_as_shown(
    images: Collection[uuid.UUID],
    shown: Mapping[uuid.UUID, str] | None,
    *,
    may_change_list: bool,
) -> dict[uuid.UUID, Moderation]:
    """The states of the images that still have the state that was shown. Locks these images.

    Only what ``may_change_list`` keeps uploads waiting until the transaction ends.
    """
    if may_change_list:
        lock_with_copies(images)
    states = reasons.locked(images)
    return {key: state for key, state in states.items() if shown is None or shown.get(key) == state}


def lock_with_copies(images: Collection[uuid.UUID]) -> None:
    """Wait for uploads, and lock what a change of the list concerns, in one order: those who lock
    several of these images at the same time would wait in a circle."""
    hash_lists.wait_for_uploads()
    reasons.locked(blocked_bytes.copies_of(images))


def _store(
    rows: Collection[ModerationDecision],
    appeals: Mapping[uuid.UUID, list[ModerationAppeal]],
    changed: Collection[uuid.UUID],
) -> None:
    """``changed`` are the images whose decisions changed the list."""
    for row in rows:
        row.changed_list = row.image_id in changed
    answered = []
    for row in ModerationDecision.objects.bulk_create(rows):
        for appeal in appeals.get(row.image_id, ()):
            appeal.answer = row
            answered.append(appeal)
    ModerationAppeal.objects.bulk_update(answered, ["answer"])


def _change_list(
    images: Collection[uuid.UUID], action: ModerationAction, user: User
) -> set[uuid.UUID]:
    """Returns the images whose bytes were added to the list, or removed from it."""
    if action == ModerationAction.BLOCK:
        return blocked_bytes.add(images, user, again=True)
    return blocked_bytes.remove(images) if STATE_AFTER[action] == Moderation.VISIBLE else set()


def checked_text(text: str, field: str, most: int) -> str:
    """Without the spaces around it. Raises ``InvalidInput``."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise InvalidInput(f"The text may have at most {most} characters.", field=field, limit=most)
    return text


def _open_appeals(images: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ModerationAppeal]]:
    rows = ModerationAppeal.objects.filter(answer=None, decision__image__in=list(images))
    appeals: dict[uuid.UUID, list[ModerationAppeal]] = {}
    for row in rows.select_related("decision"):
        appeals.setdefault(row.decision.image_id, []).append(row)
    return appeals
