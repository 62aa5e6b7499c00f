"""What was asked and answered before, kept by the client as a signed text.

So nothing is stored for visitors without a login, and nobody can put words into the mouth of the
model. The pictures are looked up again for each question: whoever may no longer see one does not
get it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from django.core import signing
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.models import User

# Another number for each form of the value, so that texts of an older form are refused.
_SALT = "gallery.ask.4"
_SECONDS = 24 * 3600
_MAX_TURNS = 6
# About six turns with long answers.
MAX_LENGTH = 60_000


@dataclass(frozen=True)
class Turn:
    """``answer`` is of a model, and empty without one. No model gets the ``facts``."""

    question: str
    answer: str
    facts: str


@dataclass(frozen=True)
class Conversation:
    """``pictures`` are numbered from 1; a later question adds to them, and a picture that is gone
    keeps its number. ``kind`` and ``subject`` are those of the last question. ``carries``: a
    question that names nothing is about ``subject`` even if it does not refer to it. A question
    that continues the last one keeps its ``filters``, as operators; ``by_upload``: its dates were
    those of uploads."""

    turns: tuple[Turn, ...] = ()
    pictures: tuple[uuid.UUID, ...] = ()
    kind: str = ""
    subject: str = ""
    carries: bool = False
    filters: tuple[str, ...] = ()
    by_upload: bool = False


def signed(conversation: Conversation, user: User) -> str:
    value = {
        "user": user.pk,
        "turns": [astuple(turn) for turn in conversation.turns[-_MAX_TURNS:]],
        "pictures": [key.hex for key in conversation.pictures],
        "kind": conversation.kind,
        "subject": conversation.subject,
        "carries": conversation.carries,
        "filters": conversation.filters,
        "by_upload": conversation.by_upload,
    }
    return signing.dumps(value, salt=_SALT, compress=True)


def read(text: str, user: User) -> Conversation:
    """Raises ``InvalidInput``, with the field ``conversation``."""
    if not text:
        return Conversation()
    try:
        value = signing.loads(text, salt=_SALT, max_age=_SECONDS)
    except signing.SignatureExpired:
        raise _invalid(
            gettext_noop("This conversation is too old. Ask the question anew.")
        ) from None
    except signing.BadSignature:
        raise _invalid(gettext_noop("This conversation is not one of this site.")) from None
    if value["user"] != user.pk:
        raise _invalid(gettext_noop("This conversation belongs to another login."))
    return Conversation(
        turns=tuple(Turn(*turn) for turn in value["turns"]),
        pictures=tuple(map(uuid.UUID, value["pictures"])),
        kind=value["kind"],
        subject=value["subject"],
        carries=value["carries"],
        filters=tuple(value["filters"]),
        by_upload=value["by_upload"],
    )


def added(conversation: Conversation, turn: Turn, pictures: Sequence[uuid.UUID]) -> Conversation:
    turns = (*conversation.turns, turn)
    return replace(conversation, turns=turns, pictures=tuple(pictures))


def _invalid(message: str) -> InvalidInput:
    return InvalidInput(message, field="conversation")
