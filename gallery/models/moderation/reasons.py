"""Writes what rules, lists and settings say about images, next to what people decided."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from gallery.models.images.image import Image
from gallery.models.locks import Lock, share_in_transaction
from gallery.models.moderation.decisions import (
    ModerationDecision,
    ModerationSource,
    standing,
)
from gallery.models.moderation.rules import HashListEntry
from gallery.models.moderation.states import SEVERITY, STATE_AFTER, Moderation, ModerationAction


@dataclass(frozen=True, kw_only=True)
class ModerationReason:
    """``tag_id`` of a rule and ``listed_hash`` of a list say whose reason it is; the other fields
    are those of ``ModerationDecision``."""

    image_id: uuid.UUID
    source: ModerationSource
    action: ModerationAction
    tag_id: int | None = None
    listed_hash: str = ""
    detail: str = ""
    score: float | None = None
    threshold: float | None = None


def listed(image_id: uuid.UUID, entry: HashListEntry) -> ModerationReason:
    """That the entry of a list concerns the image."""
    return ModerationReason(
        image_id=image_id,
        source=ModerationSource.HASH_LIST,
        action=ModerationAction(entry.action),
        listed_hash=entry.value,
        detail=entry.list_name,
    )


def compare_perceptual_hash(image_id: uuid.UUID, perceptual_hash: int | None) -> None:
    """Note the entries that are near a hash. Call it first in the transaction that stores it."""
    if perceptual_hash is not None:
        share_in_transaction(Lock.LISTED_HASHES)
        entries = HashListEntry.objects.near(perceptual_hash)
        note([listed(image_id, entry) for entry in entries])


@transaction.atomic
def note(reasons: Sequence[ModerationReason], *, again: bool = False) -> int:
    """Write the reasons that are new, and return how many there are.

    A reason never makes an image more visible. One that was noted before a person decided about
    the image is not noted again, whatever its rule says since; nor is one with the same action.
    With ``again`` it is, where it changes the state of the image.
    """
    if not reasons:
        return 0
    states = locked({reason.image_id for reason in reasons})
    noted = _noted(states)
    rows = []
    for reason in reasons:
        if reason.image_id not in states:
            continue
        before = states[reason.image_id]
        after = max(before, STATE_AFTER[reason.action], key=SEVERITY.index)
        is_repeated = again and after != before
        if _is_spent(reason, noted.get(reason.image_id, ())) and not is_repeated:
            continue
        states[reason.image_id] = after
        rows.append(ModerationDecision(before=before, after=after, **vars(reason)))
    ModerationDecision.objects.bulk_create(rows)
    return len(rows)


def locked(images: Iterable[uuid.UUID]) -> dict[uuid.UUID, Moderation]:
    """The states of these images, which stay as they are until the end of the transaction."""
    rows = Image.objects.filter(pk__in=list(images)).order_by("pk")
    states = rows.select_for_update(no_key=True, of=("self",)).values_list("pk", "moderation")
    return {key: Moderation(state) for key, state in states}


def _noted(images: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ModerationDecision]]:
    """The earlier decisions about each image that were not undone, in their order."""
    earlier: dict[uuid.UUID, list[ModerationDecision]] = defaultdict(list)
    for row in ModerationDecision.objects.filter(image__in=list(images)).order_by("pk"):
        earlier[row.image_id].append(row)
    return {key: standing(rows) for key, rows in earlier.items()}


def _cause(row: ModerationReason | ModerationDecision) -> tuple[str, int | str | None]:
    return row.source, row.tag_id if row.source == ModerationSource.RULE else row.listed_hash


def _is_spent(reason: ModerationReason, earlier: Sequence[ModerationDecision]) -> bool:
    is_seen = False
    for row in earlier:
        if _cause(row) == _cause(reason):
            is_seen = True
            if row.action == reason.action:
                return True
        elif is_seen and row.source == ModerationSource.PERSON:
            return True
    return False
