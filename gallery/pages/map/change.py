"""What a person may do with all pictures of a selection on the map at once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from gallery.core.errors import InvalidInput
from gallery.curation.moderation.decide import decide
from gallery.curation.tags import by_name
from gallery.ingest.change import show_to
from gallery.models import Image, ImageQuerySet, Moderation, ModerationAction, Visibility
from gallery.models.moderation.states import is_moderator
from gallery.pages.map.changed import own_images, public_images, visible_images
from gallery.pages.map.undo import field_of_tagged, joined

# Pictures that one action changes. *Undo* sends their keys, 33 bytes for each.
MOST_CHANGED = 5_000
_ACTIONS = ("name", "private", "hide", "undo")


@dataclass(frozen=True)
class Confirmation:
    """An action that the person has to confirm: ``count`` of ``selected`` pictures change.

    ``visibilities`` are how many of them each group of people sees, for the action ``private``.
    ``is_repeated`` if another number of pictures was confirmed.
    """

    action: str
    count: int
    selected: int
    visibilities: dict[str, int]
    is_repeated: bool


def action_of(request: HttpRequest) -> str:
    """Raises ``InvalidInput`` unless there is exactly one."""
    actions = [name for name in _ACTIONS if name in request.POST]
    if len(actions) != 1:
        raise InvalidInput("Send one of name, private, hide and undo.")
    return actions[0]


def change(request: HttpRequest, images: ImageQuerySet, action: str) -> Confirmation | None:
    """Does ``name``, ``private`` or ``hide``, and tells the person what changed.

    Does nothing if ``private`` or ``hide`` is to be confirmed: by the number of pictures.
    Raises ``InvalidInput``, ``TooManyTags``, and ``Http404`` if somebody else hides pictures.
    """
    chosen, selected = _chosen(images)
    if action == "name":
        _add_tag(request, own_images(request, chosen))
        return None
    if action == "hide" and not is_moderator(request.user):
        raise Http404
    changed = (visible_images if action == "hide" else public_images)(request, chosen)
    confirmation = _confirmation(request, action, changed, selected)
    if not confirmation.count:
        messages.info(request, _("Nothing can be changed here."))
    elif request.POST.get("confirmed") != str(confirmation.count):
        return confirmation
    else:
        (_hide if action == "hide" else _make_private)(request, changed)
    return None


def _chosen(images: ImageQuerySet) -> tuple[ImageQuerySet, int]:
    """The images and their number."""
    keys = list(images.order_by("pk").values_list("pk", flat=True)[: MOST_CHANGED + 1])
    if len(keys) > MOST_CHANGED:
        raise InvalidInput(f"Choose at most {MOST_CHANGED} pictures.")
    return Image.objects.filter(pk__in=keys), len(keys)


def _confirmation(
    request: HttpRequest, action: str, changed: ImageQuerySet, selected: int
) -> Confirmation:
    counts = Counter(changed.values_list("visibility", flat=True))
    visibilities = {
        str(Visibility(value).label): count
        for value, count in sorted(counts.items())
        if action == "private"
    }
    is_repeated = "confirmed" in request.POST
    return Confirmation(action, counts.total(), selected, visibilities, is_repeated)


def _make_private(request: HttpRequest, images: ImageQuerySet) -> None:
    before = show_to(images, Visibility.PRIVATE)
    count = sum(map(len, before.values()))
    _report(request, "made_private", count, {each.value: keys for each, keys in before.items()})


def _hide(request: HttpRequest, images: ImageQuerySet) -> None:
    keys = list(images.values_list("pk", flat=True))
    shown: dict[uuid.UUID, str] = dict.fromkeys(keys, Moderation.VISIBLE)
    hidden = decide(keys, ModerationAction.REJECT, user=request.user, shown=shown)
    _report(request, "hidden", len(hidden), {"hidden": hidden})


def _add_tag(request: HttpRequest, images: ImageQuerySet) -> None:
    if not images.exists():
        messages.info(request, _("You may not change any of these pictures."))
        return
    tag, before = by_name.give(images, request.POST["name"], user=request.user)
    count = sum(map(len, before.values()))
    changed = {field_of_tagged(state): keys for state, keys in before.items()}
    _report(request, "tagged", count, changed, tag=tag)


def _report(
    request: HttpRequest,
    name: str,
    count: int,
    changed: Mapping[str, list[uuid.UUID]],
    **context: object,
) -> None:
    """The message has the keys of the pictures, for ``undo``."""
    context |= {
        "count": count,
        "undo": {field: joined(keys) for field, keys in changed.items()},
        "address": request.get_full_path(),
    }
    messages.success(request, render_to_string(f"gallery/map/{name}.html", context, request))
