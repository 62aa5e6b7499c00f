"""What a person may do with all pictures of a selection on the map at once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.core.errors import InvalidInput
from gallery.curation.moderation.decide import decide
from gallery.curation.tags import decide as tags
from gallery.curation.tags import vocabulary
from gallery.ingest.change import edit
from gallery.models import Image, ImageQuerySet, Moderation, ModerationAction, Visibility
from gallery.models.moderation.states import is_moderator

# Pictures that one action changes: it takes up to a few seconds.
MOST_CHANGED = 1_000


def own_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """Those of the images that are the person's own. A superuser may change others elsewhere."""
    own = Image.objects.changeable_by(request.user).filter(owner=request.user.pk)
    return images.filter(pk__in=own)


def change(request: HttpRequest, images: ImageQuerySet) -> None:
    """Does one of ``name``, ``private`` and ``hide``, and tells the person how many changed.

    Raises ``InvalidInput``, ``TooManyTags``, and ``Http404`` if somebody else hides pictures.
    """
    actions = [name for name in ("name", "private", "hide") if name in request.POST]
    if len(actions) != 1:
        raise InvalidInput("Send one of name, private and hide.")
    keys = list(images.order_by("pk").values_list("pk", flat=True)[: MOST_CHANGED + 1])
    if len(keys) > MOST_CHANGED:
        raise InvalidInput(f"Choose at most {MOST_CHANGED} pictures.")
    chosen = Image.objects.filter(pk__in=keys)
    if actions == ["hide"]:
        text = _hide(request, chosen)
    elif actions == ["private"]:
        text = _make_private(own_images(request, chosen))
    else:
        text = _add_tag(request, own_images(request, chosen))
    messages.success(request, text)


def _hide(request: HttpRequest, images: ImageQuerySet) -> str:
    """Hides those that are visible: a moderator also sees pictures that are blocked or held, and
    these have to be decided in the review queue.
    """
    if not is_moderator(request.user):
        raise Http404
    keys = list(images.shown().values_list("pk", flat=True))
    shown: dict[uuid.UUID, str] = dict.fromkeys(keys, Moderation.VISIBLE)
    count = len(decide(keys, ModerationAction.REJECT, user=request.user, shown=shown))
    return ngettext("%d picture decided.", "%d pictures decided.", count) % count


def _make_private(images: ImageQuerySet) -> str:
    others = images.exclude(visibility=Visibility.PRIVATE)
    count = sum(edit(image, visibility=Visibility.PRIVATE) for image in others)
    text = ngettext(
        "Changed the visibility of %d picture.",
        "Changed the visibility of %d pictures.",
        count,
    )
    return text % count


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
