"""The images that moderators look at, with what there is to know about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gallery.curation.moderation.decide import POSSIBLE
from gallery.curation.moderation.history import History, histories_of, open_appeal_of, reasons_of
from gallery.models import (
    Image,
    ImageQuerySet,
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
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
    """Those that the person may see."""
    visible = Image.objects.visible_to(user)
    if queue == Queue.APPEALS:
        open_appeals = ModerationAppeal.objects.filter(answer=None)
        return visible.filter(pk__in=open_appeals.values("decision__image"))
    return visible.filter(moderation=Moderation(queue.value))


def items_of(images: Sequence[Image]) -> list[QueueItem]:
    histories = histories_of([image.pk for image in images])
    return [
        QueueItem(image, reasons_of(histories[image.pk]), histories[image.pk]) for image in images
    ]
