"""The pictures of a group or of an area of the map, and what may be done with all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gallery.core.config import config
from gallery.core.errors import InvalidInput, TooManyTags
from gallery.curation.moderation.decide import decide
from gallery.curation.tags import decide as tags
from gallery.curation.tags import vocabulary
from gallery.ingest import change
from gallery.map.areas import Area, inside, of_cluster
from gallery.map.overview import ClusterOverview, overview_for
from gallery.models import Image, ImageQuerySet, MapProjection, ModerationAction, Visibility
from gallery.models.moderation.states import is_moderator
from gallery.pages.access import readers_only
from gallery.pages.errors.messages import message_for
from gallery.search.cursor import Cursor, ListOrder, page_at

# Pictures that one action changes: it takes up to a few seconds.
_MOST_CHANGED = 1_000


@dataclass(frozen=True)
class Selection:
    """``images`` are those that the person sees, and ``count`` is their number. ``cluster`` is None
    for an area.
    """

    images: ImageQuerySet
    parameters: dict[str, str]
    count: int
    cluster: ClusterOverview | None = None

    @property
    def address(self) -> str:
        return f"{reverse('map-pictures')}?{urlencode(self.parameters)}"


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def pictures(request: HttpRequest) -> HttpResponse:
    """``cluster`` or ``area`` in the address; with POST one of ``name``, ``private``, ``hide``."""
    selection = _selection(request)
    if request.method != "POST":
        return _page(request, selection)
    try:
        _change(request, selection.images)
    except (InvalidInput, TooManyTags) as error:
        if error.data.get("field") != "name" and not isinstance(error, TooManyTags):
            raise
        return _page(request, selection, error=message_for(error), status=error.status)
    return redirect(selection.address)


def _selection(request: HttpRequest) -> Selection:
    """Raises ``InvalidInput``, and ``Http404`` if there is no map or no such group on it."""
    projection = MapProjection.objects.shown()
    if projection is None:
        raise Http404
    visible = Image.objects.visible_to(request.user).defer("exif", "metadata")
    if area := request.GET.get("area"):
        images = inside(visible, Area.parse(area), projection)
        return Selection(images, {"area": area}, images.count())
    text = request.GET.get("cluster", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidInput("This link is not valid.", parameter="cluster")
    overview = overview_for(request.user)
    clusters = overview.clusters if overview else ()
    cluster = next((each for each in clusters if each.id == int(text)), None)
    if cluster is None:
        raise Http404
    images = of_cluster(visible, cluster.id)
    count = images.count() if overview and overview.is_sample else cluster.count
    return Selection(images, {"cluster": text}, count, cluster)


def _page(
    request: HttpRequest, selection: Selection, *, error: str = "", status: int = 200
) -> HttpResponse:
    after = request.GET.get("after")
    page = page_at(
        _cursor(after) if after else None,
        selection.images,
        size=config().page_size,
        order=ListOrder.NEWEST,
    )
    is_small = selection.count <= _MOST_CHANGED
    changeable = selection.images.filter(pk__in=Image.objects.changeable_by(request.user))
    context: dict[str, Any] = {
        "selection": selection,
        "page": page,
        "is_first": not after,
        "may_change": is_small and changeable.exists(),
        "may_hide": is_small and selection.count and is_moderator(request.user),
        "error": error,
        "typed": request.POST.get("name", "") if error else "",
    }
    return render(request, "gallery/map/pictures.html", context, status=status)


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text, ListOrder.NEWEST)
    except ValueError:
        raise InvalidInput("This link is not valid.", parameter="after") from None


def _change(request: HttpRequest, images: ImageQuerySet) -> None:
    """Changes those of the images that the person may change."""
    actions = [name for name in ("name", "private", "hide") if name in request.POST]
    if len(actions) != 1:
        raise InvalidInput("Send one of name, private and hide.")
    keys = list(images.order_by("pk").values_list("pk", flat=True)[: _MOST_CHANGED + 1])
    if len(keys) > _MOST_CHANGED:
        raise InvalidInput(f"Choose at most {_MOST_CHANGED} pictures.")
    changeable = Image.objects.changeable_by(request.user).filter(pk__in=keys)
    if actions == ["hide"]:
        if not is_moderator(request.user):
            raise Http404
        count = len(decide(keys, ModerationAction.REJECT, user=request.user))
        text = ngettext("%d picture decided.", "%d pictures decided.", count) % count
    elif actions == ["private"]:
        others = changeable.filter(owner__isnull=False).exclude(visibility=Visibility.PRIVATE)
        count = sum(change.edit(image, visibility=Visibility.PRIVATE) for image in others)
        text = ngettext(
            "Changed the visibility of %d picture.",
            "Changed the visibility of %d pictures.",
            count,
        )
        text %= count
    else:
        text = _add_tag(request, changeable)
    messages.success(request, text)


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
