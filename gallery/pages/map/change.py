"""What a person may do with all pictures of a selection on the map at once."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.core.errors import InvalidInput
from gallery.curation.moderation.decide import decide
from gallery.curation.tags import decide as tags
from gallery.curation.tags import vocabulary
from gallery.models import Image, ImageQuerySet, Moderation, ModerationAction, Visibility
from gallery.models.moderation.states import is_moderator
from gallery.pages.map.visibility import make_private, show_again

# Pictures that one action changes: it takes up to a few seconds.
MOST_CHANGED = 1_000
_ACTIONS = ("name", "private", "hide", "undo")


def own_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """Those of the images that are the person's own. A superuser may change others elsewhere."""
    own = Image.objects.changeable_by(request.user).filter(owner=request.user.pk)
    return images.filter(pk__in=own)


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


def public_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """The person's own images that others may see: those that ``private`` changes."""
    return own_images(request, images).exclude(visibility=Visibility.PRIVATE)


def visible_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """Those that ``hide`` changes: a moderator also sees pictures that are blocked or held, and
    these have to be decided in the review queue. None for others than moderators.
    """
    return images.shown() if is_moderator(request.user) else images.none()


def change(request: HttpRequest, images: ImageQuerySet) -> Confirmation | None:
    """Does one of ``name``, ``private``, ``hide`` and ``undo``, and tells the person what changed.

    Does nothing if ``private`` or ``hide`` is to be confirmed: by the number of pictures.
    Raises ``InvalidInput``, ``TooManyTags``, and ``Http404`` if somebody else hides pictures.
    """
    actions = [name for name in _ACTIONS if name in request.POST]
    if len(actions) != 1:
        raise InvalidInput("Send one of name, private, hide and undo.")
    [action] = actions
    if action == "undo":
        show_again(request, own_images(request, Image.objects.all()), most=MOST_CHANGED)
        return None
    chosen, selected = _chosen(images)
    if action == "name":
        messages.success(request, _add_tag(request, own_images(request, chosen)))
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
        (_hide if action == "hide" else make_private)(request, changed)
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


def _hide(request: HttpRequest, images: ImageQuerySet) -> None:
    keys = list(images.values_list("pk", flat=True))
    shown: dict[uuid.UUID, str] = dict.fromkeys(keys, Moderation.VISIBLE)
    count = len(decide(keys, ModerationAction.REJECT, user=request.user, shown=shown))
    context = {"count": count}
    messages.success(request, render_to_string("gallery/map/hidden.html", context, request))


def _add_tag(request: HttpRequest, images: ImageQuerySet) -> str:
    if not images.exists():
        return _("You may not change any of these pictures.")
    tag = vocabulary.add(request.POST["name"], user=request.user, is_suggested=False)
    count = tags.give(images, tag, user=request.user)
    text = ngettext(
        "%(n)d picture has the tag “%(name)s” now.",
        "%(n)d pictures have the tag “%(name)s” now.",
        count,
    )
    return text % {"n": count, "name": tag.name}
