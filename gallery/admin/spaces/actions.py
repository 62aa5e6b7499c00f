"""The buttons of an embedding space: when each is offered, to whom, and its texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.changeover import control, drop, switch
from gallery.core.errors import GalleryError
from gallery.models import EmbeddingSpace, SpaceState

Text = str | Promise

_MESSAGES: dict[str, Promise] = {
    "backfill_not_running": _("No backfill of %(space)s is running."),
    "backfill_not_paused": _("The backfill of %(space)s is not paused."),
    "space_incomplete": _("Pictures that have no vector of %(space)s yet: %(missing)s."),
    "space_active": _("The space of %(space)s is in use. Choose another model first."),
    "space_being_deleted": _("The space of %(space)s is being deleted. Try again in a moment."),
    "no_earlier_space": _("There is no earlier embedding space to roll back to."),
}


@dataclass(frozen=True)
class SpaceAction:
    """``permission`` is the required permission on embedding spaces: ``change`` or ``delete``."""

    name: str
    label: Text
    question: Text
    done: Text
    do: Callable[[EmbeddingSpace], object]
    offered: Callable[[EmbeddingSpace], bool]
    permission: str = "change"

    @property
    def destroys(self) -> bool:
        """Whether it cannot be undone; then its button is red."""
        return self.permission == "delete"


def message_for(error: GalleryError) -> str:
    """The error in the reader's language, if there is a translation."""
    return str(_MESSAGES[error.code]) % error.data if error.code in _MESSAGES else error.message


def _was_complete(space: EmbeddingSpace) -> bool:
    """The switch counts again, and refuses with a message if pictures were added."""
    return hasattr(space, "backfill") and space.backfill.completed_at is not None


ACTIONS = (
    SpaceAction(
        name="pause",
        label=_("Pause"),
        question=_("Pause the backfill of this space? Searches are not affected."),
        done=_("The backfill is paused."),
        do=control.pause,
        offered=lambda space: space.state == SpaceState.BACKFILLING,
    ),
    SpaceAction(
        name="resume",
        label=_("Resume"),
        question=_("Resume the backfill of this space, and retry the skipped pictures?"),
        done=_("The backfill is running again."),
        do=control.resume,
        offered=lambda space: space.state == SpaceState.PAUSED,
    ),
    SpaceAction(
        name="backfill",
        label=_("Backfill and switch"),
        question=_("Compute the vectors of all pictures in this space, and then search with it?"),
        done=_("The backfill has started."),
        do=lambda space: control.start(space, switch_when_complete=True),
        offered=lambda space: space.state == SpaceState.KEPT,
    ),
    SpaceAction(
        name="switch",
        label=_("Switch"),
        question=_("Search with this space from now on? The current one is kept."),
        done=_("Searches use this space now."),
        do=switch.switch,
        offered=_was_complete,
    ),
    SpaceAction(
        name="rollback",
        label=_("Roll back"),
        question=_(
            "Search with this earlier space again? This takes effect immediately. Pictures "
            "uploaded since then become searchable when their vectors have been computed."
        ),
        done=_("Searches use this space now."),
        do=lambda space: switch.roll_back(),
        offered=lambda space: switch.previous() == space,
    ),
    SpaceAction(
        name="drop",
        label=_("Delete"),
        question=_("Delete this space with its vectors and its index? This cannot be undone."),
        done=_("The space is being deleted."),
        do=drop.drop,
        offered=lambda space: space.state not in (SpaceState.ACTIVE, SpaceState.DROPPING),
        permission="delete",
    ),
)
