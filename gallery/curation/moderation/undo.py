"""Takes decisions of a moderator back. The caller checks that the person moderates."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import OuterRef, Subquery

from gallery.core.dispatch import Stage, hint
from gallery.curation.moderation import blocked_bytes, first_comparison
from gallery.curation.moderation.decide import locked_as_shown
from gallery.curation.moderation.history import histories_of
from gallery.models import (
    Image,
    ImageQuerySet,
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
    ModerationSource,
    SuggestionItem,
    User,
)

# The action of the row that brings a state back. People hold pictures in this way only.
_ACTION_BACK = {
    Moderation.VISIBLE: ModerationAction.RESTORE,
    Moderation.HELD: ModerationAction.HOLD,
    Moderation.HIDDEN: ModerationAction.REJECT,
    Moderation.BLOCKED: ModerationAction.BLOCK,
}


def undoable_by(user: User) -> ImageQuerySet:
    """Images whose last decision the person may undo, also private ones that became visible by it
    and are out of the person's sight since."""
    rows = ModerationDecision.objects.filter(image=OuterRef("pk")).order_by("-pk")
    own = ModerationDecision.objects.filter(
        source=ModerationSource.PERSON, decided_by=user.pk, undoes=None
    )
    undoable: ImageQuerySet = Image.objects.alias(last=Subquery(rows.values("pk")[:1])).filter(
        last__in=own.values("pk")
    )
    return undoable


@transaction.atomic
def undo(
    images: Collection[uuid.UUID], *, user: User, shown: Mapping[uuid.UUID, str] | None = None
) -> list[uuid.UUID]:
    """Give the images the state that they had before the last decision, and return their keys.

    Appeals that it answered are open again, and those against it are answered: it is taken back.
    Images whose last decision is of somebody else, or whose state is not the one in ``shown``, are
    left as they are.
    """
    changes = ModerationDecision.objects.filter(image__in=images, changed_list=True)
    may_change_list = changes.exists()
    states = locked_as_shown(images, shown, may_change_list=may_change_list)
    newest = [history[0] for history in histories_of(list(states)).values() if history]
    undone = [
        row
        for row in newest
        # A decision of this moment may change the list, which is not locked then.
        if _can_undo(row, user) and (may_change_list or not row.changed_list)
    ]
    ModerationDecision.objects.bulk_create([_row_back(row, user) for row in undone])
    ModerationAppeal.objects.filter(answer__in=undone).update(answer=None)
    rows_back = ModerationDecision.objects.filter(undoes=OuterRef("decision"))
    against = ModerationAppeal.objects.filter(decision__in=undone, answer=None)
    against.update(answer=Subquery(rows_back.values("pk")[:1]))
    _reverse_list([row for row in undone if row.changed_list], user)
    _compare_again([row.image_id for row in undone])
    return [row.image_id for row in undone]


def _can_undo(row: ModerationDecision, user: User) -> bool:
    is_own = row.source == ModerationSource.PERSON and row.decided_by_id == user.pk
    return is_own and row.undoes_id is None


def _row_back(row: ModerationDecision, user: User) -> ModerationDecision:
    return ModerationDecision(
        image_id=row.image_id,
        source=ModerationSource.PERSON,
        action=_ACTION_BACK[Moderation(row.before)],
        before=row.after,
        after=row.before,
        decided_by_id=user.pk,
        undoes=row,
    )


def _reverse_list(rows: Collection[ModerationDecision], user: User) -> None:
    """Bring the list of blocked bytes back. ``rows`` are the decisions that changed it."""
    if not rows:
        return
    added = [row.image_id for row in rows if row.action == ModerationAction.BLOCK]
    blocked_bytes.remove(added)
    blocked_bytes.add([row.image_id for row in rows if row.image_id not in added], user)


def _compare_again(images: Collection[uuid.UUID]) -> None:
    """Compare those that wait for the rules again: the comparison may be over, and have left what
    somebody had hidden as it was."""
    waiting = first_comparison.waiting(Image.objects.filter(pk__in=images))
    if keys := list(waiting.values_list("pk", flat=True)):
        SuggestionItem.objects.add_for(keys)
        hint(Stage.SUGGEST)
