"""Images that are held until the rules are applied to them for the first time."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from gallery.models import (
    ImageQuerySet,
    Moderation,
    ModerationAction,
    ModerationDecision,
    ModerationSource,
)
from gallery.models.moderation import reasons


def waiting(images: ImageQuerySet) -> ImageQuerySet:
    """Those of ``images`` that nothing but the first comparison holds. A decision that was undone
    counts as not made."""
    rows_back = ModerationDecision.objects.filter(undoes=OuterRef("pk"))
    rows = ModerationDecision.objects.filter(~Exists(rows_back), image=OuterRef("pk"), undoes=None)
    held = images.filter(moderation=Moderation.HELD)
    last = Subquery(rows.order_by("-pk").values("source")[:1])
    waiting_images: ImageQuerySet = held.alias(last=last).filter(last=ModerationSource.CHECK)
    return waiting_images


@transaction.atomic
def release(images: ImageQuerySet) -> None:
    """Show those of ``images`` on which no rule, list or person has acted. The rules have been
    applied to them, or there are none."""
    states = reasons.locked(waiting(images).values_list("pk", flat=True))
    # Again, because somebody may have decided before the rows were locked.
    released = waiting(images.filter(pk__in=states)).values_list("pk", flat=True)
    ModerationDecision.objects.bulk_create([
        ModerationDecision(
            image_id=key,
            source=ModerationSource.CHECK,
            action=ModerationAction.APPROVE,
            before=Moderation.HELD,
            after=Moderation.VISIBLE,
        )
        for key in released
    ])  # fmt: skip
