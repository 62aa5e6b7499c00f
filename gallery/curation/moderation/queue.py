"""The images that moderators look at, with what there is to know about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from gallery.curation.moderation import first_comparison
from gallery.curation.moderation.decide import POSSIBLE
from gallery.curation.moderation.history import History, histories_of, open_appeal_of, reasons_of
from gallery.models import (
    Image,
    ImageQuerySet,
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
    State,
    User,
)


class Queue(StrEnum):
    HELD = "held"
    APPEALS = "appeals"
    HIDDEN = "hidden"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class QueueItem:
    image: Image
    reasons: History
    history: History

    @property
    def appealed(self) -> ModerationDecision | None:
        """The decision whose appeal nobody has answered."""
        return open_appeal_of(self.history)

    @property
    def actions(self) -> Sequence[ModerationAction]:
        """Once more rejected is an answer to an appeal, and nothing else."""
        possible = POSSIBLE[Moderation(self.image.moderation)]
        if self.appealed is None and self.image.moderation == Moderation.HIDDEN:
            return [action for action in possible if action != ModerationAction.REJECT]
        return possible


def images_in(queue: Queue, user: User) -> ImageQuerySet:
    """Those that the person may see. Images that only wait for their first comparison with the
    rules are in no queue, unless they have failed: they never get a vector."""
    visible = Image.objects.visible_to(user)
    if queue == Queue.APPEALS:
        open_appeals = ModerationAppeal.objects.filter(answer=None)
        return visible.filter(pk__in=open_appeals.values("decision__image"))
    images = visible.filter(moderation=Moderation(queue.value))
    if queue == Queue.HELD:
        is_compared_soon = Q(pk__in=first_comparison.waiting(Image.objects.all()).values("pk"))
        return images.exclude(is_compared_soon & ~Q(state__in=(State.FAILED, State.QUARANTINED)))
    return images


def items_of(images: Sequence[Image]) -> list[QueueItem]:
    histories = histories_of([image.pk for image in images])
    return [
        QueueItem(image, reasons_of(histories[image.pk]), histories[image.pk]) for image in images
    ]
