"""Undo of what was done with a selection. Its message has the keys of the pictures, so it works as
well when the map was made anew since.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gallery.core.errors import InvalidInput
from gallery.curation.moderation.undo import undo as undo_decisions
from gallery.curation.tags import decide as tags
from gallery.ingest.change import show_to
from gallery.models import Image, ImageQuerySet, Moderation, Tag, TagState, Visibility
from gallery.models.moderation.states import is_moderator
from gallery.pages.map.changed import own_images

# What pictures can have been before they became private.
_BEFORE = (Visibility.PUBLIC, Visibility.MEMBERS)
# The fields of pictures that a person gave a tag, by the state of the tag before.
_TAGGED: dict[str, TagState | None] = {
    "tagged": None,
    "suggested": TagState.SUGGESTED,
    "rejected": TagState.REJECTED,
}


def undo(request: HttpRequest, *, most: int) -> None:
    """``public`` and ``members``: own pictures that are private are shown to these people again.
    ``tagged``, ``suggested``, ``rejected``: own pictures lose the ``tag`` that the person gave
    them, or it is suggested or rejected again. ``hidden``: pictures that this moderator has hidden
    become visible. Each has keys with commas between.

    Raises ``InvalidInput`` for what is no list of keys, or more than ``most`` of them.
    """
    keys = {
        name: _keys(request.POST.get(name, ""), most) for name in (*_BEFORE, *_TAGGED, "hidden")
    }
    own = own_images(request, Image.objects.all())
    count = sum(_show_again(own, keys[visibility], visibility) for visibility in _BEFORE)
    count += sum(
        _take_tag(request, own.filter(pk__in=keys[name]), before)
        for name, before in _TAGGED.items()
    )
    if keys["hidden"] and is_moderator(request.user):
        shown: dict[uuid.UUID, str] = dict.fromkeys(keys["hidden"], Moderation.HIDDEN)
        count += len(undo_decisions(keys["hidden"], user=request.user, shown=shown))
    messages.info(request, _("Undone.") if count else _("Nothing can be changed here."))


def field_of_tagged(before: TagState | None) -> str:
    """The name of the field for pictures whose tag had this state."""
    return next(name for name, state in _TAGGED.items() if state == before)


def joined(keys: list[uuid.UUID]) -> str:
    """The keys in the form that ``undo`` reads."""
    return ",".join(key.hex for key in keys)


def _show_again(own: ImageQuerySet, keys: list[uuid.UUID], visibility: Visibility) -> int:
    private = own.filter(pk__in=keys, visibility=Visibility.PRIVATE)
    return sum(map(len, show_to(private, visibility).values())) if keys else 0


def _take_tag(request: HttpRequest, images: ImageQuerySet, before: TagState | None) -> int:
    """The tag may be gone since."""
    text = request.POST.get("tag", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return 0
    tag = Tag.objects.filter(pk=int(text)).first()
    return tags.take_back(images, tag, user=request.user, before=before) if tag else 0


def _keys(text: str, most: int) -> list[uuid.UUID]:
    parts = text.split(",") if text else []
    if len(parts) > most:
        raise InvalidInput(f"Choose at most {most} pictures.")
    try:
        return [uuid.UUID(part) for part in parts]
    except ValueError as error:
        raise InvalidInput("A picture must be given by its key.") from error
