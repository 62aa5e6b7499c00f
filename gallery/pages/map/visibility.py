"""Own pictures of a selection are shown to nobody else, and to the same people again."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from gallery.core.errors import InvalidInput
from gallery.ingest.change import edit
from gallery.models import ImageQuerySet, Visibility

# What pictures can have been before they became private.
_BEFORE = (Visibility.PUBLIC, Visibility.MEMBERS)


def make_private(request: HttpRequest, images: ImageQuerySet) -> None:
    """The message has the keys of the pictures by what they were, for Undo."""
    before: dict[str, list[str]] = defaultdict(list)
    for image in images:
        visibility = image.visibility
        if edit(image, visibility=Visibility.PRIVATE):
            before[visibility].append(image.pk.hex)
    context = {
        "count": sum(map(len, before.values())),
        "before": {visibility: ",".join(keys) for visibility, keys in before.items()},
        "address": request.get_full_path(),
    }
    messages.success(request, render_to_string("gallery/map/made_private.html", context, request))


def show_again(request: HttpRequest, own: ImageQuerySet, *, most: int) -> None:
    """Undo for those of the person's ``own`` pictures that are still private.

    Raises ``InvalidInput`` for what is no list of keys, or more than ``most`` of them.
    """
    private, count = own.filter(visibility=Visibility.PRIVATE), 0
    for visibility in _BEFORE:
        images = private.filter(pk__in=_keys(request.POST.get(visibility, ""), most))
        count += sum(edit(image, visibility=visibility) for image in images)
    messages.info(request, _("Undone.") if count else _("Nothing can be changed here."))


def _keys(text: str, most: int) -> list[uuid.UUID]:
    parts = text.split(",") if text else []
    if len(parts) > most:
        raise InvalidInput(f"Choose at most {most} pictures.")
    try:
        return [uuid.UUID(part) for part in parts]
    except ValueError as error:
        raise InvalidInput("A picture must be given by its key.") from error
