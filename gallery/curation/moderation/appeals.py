"""What the owner of a held or hidden image says about the decision."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from gallery.core.errors import AppealNotPossible, InvalidInput
from gallery.curation.moderation.decide import checked_text
from gallery.curation.moderation.history import History, history_of, open_appeal_of
from gallery.models import Image, Moderation, ModerationAppeal, ModerationSource
from gallery.models.moderation import reasons
from gallery.models.moderation.decisions import standing

_APPEALED = (Moderation.HELD, Moderation.HIDDEN)


def is_possible(image: Image, history: History) -> bool:
    """Whether the owner may send a text about the last decision of ``history``, newest first, that
    was not undone."""
    rows = standing(history)
    if not rows or image.moderation not in _APPEALED:
        return False
    if rows[0].source == ModerationSource.CHECK:
        return False
    return not hasattr(rows[0], "appeal") and open_appeal_of(history) is None


@transaction.atomic
def send(image: Image, text: str) -> ModerationAppeal:
    """The caller checks that the person owns the image. Raises ``InvalidInput`` for an empty text
    and one that is too long, and ``AppealNotPossible``."""
    text = checked_text(text, "text", ModerationAppeal.MAX_TEXT)
    if not text:
        raise InvalidInput(gettext_noop("Write why the picture should be shown."), field="text")
    image.moderation = reasons.locked([image.pk]).get(image.pk, Moderation.VISIBLE)
    history = history_of(image.pk)
    if not is_possible(image, history):
        raise AppealNotPossible("There is no decision to appeal against, or you have done so.")
    return ModerationAppeal.objects.create(decision=standing(history)[0], text=text)
