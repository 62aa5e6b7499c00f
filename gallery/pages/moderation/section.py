"""What the page of a picture says about its moderation."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.curation.moderation import appeals
from gallery.curation.moderation.history import History, history_of, reasons_of
from gallery.models import Image, ModerationAppeal, ModerationDecision, User
from gallery.models.moderation.states import Moderation, is_moderator


@dataclass(frozen=True)
class ModerationSection:
    """``reasons`` are those of a picture that is not visible. ``appealed`` are the decisions that
    the owner has written about, newest first. ``error`` is about the text ``typed``."""

    reasons: History
    appealed: list[ModerationDecision]
    may_appeal: bool
    is_moderator: bool
    typed: str = ""
    error: str = ""
    max_length: int = ModerationAppeal.MAX_TEXT


def moderation_section(
    image: Image, user: User, *, typed: str = "", error: str = ""
) -> ModerationSection | None:
    """None for others than the owner and moderators, and where nothing was decided."""
    is_owner = user.is_authenticated and image.owner_id == user.pk
    moderates = is_moderator(user)
    if not is_owner and (not moderates or image.moderation == Moderation.VISIBLE):
        return None
    history = history_of(image.pk)
    appealed = [row for row in history if hasattr(row, "appeal")]
    if image.moderation == Moderation.VISIBLE and not appealed:
        return None
    return ModerationSection(
        reasons=[] if image.moderation == Moderation.VISIBLE else reasons_of(history),
        appealed=appealed,
        may_appeal=is_owner and appeals.is_possible(image, history),
        is_moderator=moderates,
        typed=typed,
        error=error,
    )
