"""What may be done to an embedding space: when it is offered, to whom, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.embeddings import drop, switch
from gallery.models import EmbeddingSpace, Phase
from gallery.operations import changeover

Words = str | Promise


@dataclass(frozen=True)
class SpaceAction:
    """``permission`` is the one on embedding spaces that it takes: ``change`` or ``delete``."""

    name: str
    label: Words
    question: Words
    done: Words
    do: Callable[[EmbeddingSpace], object]
    offered: Callable[[EmbeddingSpace], bool]
    permission: str = "change"

    @property
    def destroys(self) -> bool:
        """Cannot be undone: its button is red."""
        return self.permission == "delete"


def _is_full(space: EmbeddingSpace) -> bool:
    """Or was a moment ago: the switch itself counts again, and refuses in words."""
    return space.phase in (Phase.FILLING, Phase.PAUSED) and space.full_at is not None


def _is_spare(space: EmbeddingSpace) -> bool:
    return space.phase not in (Phase.ACTIVE, Phase.DROPPING)


ACTIONS = (
    SpaceAction(
        name="pause",
        label=_("Pause"),
        question=_("Stop filling this space for a while? Searches are not affected."),
        done=_("The filling is paused."),
        do=switch.pause,
        offered=lambda space: space.phase == Phase.FILLING,
    ),
    SpaceAction(
        name="resume",
        label=_("Resume"),
        question=_("Go on filling this space, and try again the pictures that were skipped?"),
        done=_("The filling goes on."),
        do=switch.resume,
        offered=lambda space: space.phase == Phase.PAUSED,
    ),
    SpaceAction(
        name="fill",
        label=_("Fill and change over"),
        question=_("Fill this space, and search with it as soon as every picture is in it?"),
        done=_("The space is being filled."),
        do=switch.begin_again,
        offered=lambda space: space.phase == Phase.KEPT,
    ),
    SpaceAction(
        name="switch",
        label=_("Switch over"),
        question=_("Search with this space from now on? The one before is kept."),
        done=_("Searches are answered with this space now."),
        do=changeover.switch_over,
        offered=_is_full,
    ),
    SpaceAction(
        name="rollback",
        label=_("Roll back"),
        question=_(
            "Search with this earlier space again, at once? Pictures that came since are found "
            "as they are embedded for it."
        ),
        done=_("Searches are answered with this space now."),
        do=lambda space: changeover.roll_back(),
        offered=lambda space: switch.previous() == space,
    ),
    SpaceAction(
        name="drop",
        label=_("Drop"),
        question=_("Delete this space with its vectors and its index? It cannot be undone."),
        done=_("The space is being dropped."),
        do=drop.drop,
        offered=_is_spare,
        permission="delete",
    ),
)
