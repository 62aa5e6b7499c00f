"""What was decided about images, and which of it is the reason for their state."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from gallery.models import ModerationDecision, ModerationSource
from gallery.models.moderation.decisions import standing

History = Sequence[ModerationDecision]


def history_of(image_id: uuid.UUID) -> History:
    """Newest first, with the appeals against each decision."""
    return histories_of([image_id])[image_id]


def histories_of(images: Collection[uuid.UUID]) -> dict[uuid.UUID, History]:
    """In one statement for all of them."""
    rows = ModerationDecision.objects.filter(image__in=images).order_by("-pk")
    histories: dict[uuid.UUID, list[ModerationDecision]] = defaultdict(list)
    for row in rows.select_related("tag", "decided_by", "appeal__answer__decided_by"):
        histories[row.image_id].append(row)
    return {key: histories[key] for key in images}


def reasons_of(history: History) -> History:
    """The last decision of a person, or what rules, lists and settings said since. A decision that
    was undone counts as not made."""
    since: list[ModerationDecision] = []
    for row in standing(history):
        if row.source == ModerationSource.PERSON:
            return since or [row]
        # What waited for the rules has other reasons since.
        if row.source != ModerationSource.CHECK or not since:
            since.append(row)
    return since


def open_appeal_of(history: History) -> ModerationDecision | None:
    """The decision with an appeal that nobody has answered."""
    return next(
        (row for row in history if hasattr(row, "appeal") and row.appeal.answer_id is None), None
    )
