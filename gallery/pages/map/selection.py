"""The pictures of a group or of an area of the map, and what may be done with all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gallery.core.config import config
from gallery.core.errors import InvalidInput, TooManyTags
from gallery.map.areas import Area, inside, of_cluster
from gallery.map.overview import ClusterOverview, overview_for
from gallery.models import Image, ImageQuerySet, MapCluster, MapProjection
from gallery.pages.access import readers_only
from gallery.pages.errors.messages import message_for
from gallery.pages.map.change import MOST_CHANGED, action_of, change
from gallery.pages.map.changed import own_images, public_images, visible_images
from gallery.pages.map.undo import undo
from gallery.pages.requests.visitors import limited_searches
from gallery.search.cursor import Cursor, ListOrder, page_at


@dataclass(frozen=True)
class Selection:
    """``images`` are those that the person sees. ``cluster`` is None for an area. ``on_map`` is the
    fragment with which the page of the map has the area selected (``js/map/address.js``).
    """

    images: ImageQuerySet
    parameters: dict[str, str]
    on_map: str = ""
    cluster: int | None = None

    @property
    def address(self) -> str:
        return f"{reverse('map-pictures')}?{urlencode(self.parameters)}"


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
@limited_searches("anonymous_search")
def pictures(request: HttpRequest) -> HttpResponse:
    """``cluster`` or ``area`` in the address; with POST one of ``name``, ``private``, ``hide``,
    ``undo``.

    ``private`` and ``hide`` first show a page that asks, and need ``confirmed``: the number on it.
    ``undo`` works as well if this group is not on the map any more.
    """
    if request.method != "POST":
        return _page(request, _selection(request))
    action = action_of(request)
    if action == "undo":
        undo(request, most=MOST_CHANGED)
        return redirect(_address_after_undo(request))
    selection = _selection(request)
    try:
        confirmation = change(request, selection.images, action)
    except (InvalidInput, TooManyTags) as error:
        if error.data.get("field") != "name" and not isinstance(error, TooManyTags):
            raise
        return _page(request, selection, error=message_for(error), status=error.status)
    if confirmation:
        context = {"selection": selection, "confirmation": confirmation}
        return render(request, "gallery/map/confirm.html", context)
    return redirect(selection.address)


def _selection(request: HttpRequest) -> Selection:
    """Raises ``InvalidInput``, and ``Http404`` if there is no map or no such group on it."""
    projection = MapProjection.objects.shown()
    if projection is None:
        raise Http404
    visible = Image.objects.visible_to(request.user).defer("exif", "metadata")
    if area := request.GET.get("area"):
        images = inside(visible, Area.parse(area), projection)
        return Selection(images, {"area": area}, f"#map={projection.pk}&area={area}")
    text = request.GET.get("cluster", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidInput("This link is not valid.", parameter="cluster")
    images = of_cluster(visible, int(text))
    is_shown = MapCluster.objects.filter(pk=int(text), projection=projection).exists()
    if not (is_shown and images.exists()):
        raise Http404
    return Selection(images, {"cluster": text}, cluster=int(text))


def _address_after_undo(request: HttpRequest) -> str:
    try:
        return _selection(request).address
    except Http404:
        return reverse("map")


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
    context: dict[str, Any] = {
        "selection": selection,
        "page": page,
        "is_first": not after,
        "error": error,
        "typed": request.POST.get("name", "") if error else "",
    }
    if not after:
        context |= _heading(request, selection)
    return render(request, "gallery/map/pictures.html", context, status=status)


def _heading(request: HttpRequest, selection: Selection) -> dict[str, Any]:
    """The name of the group, the number of pictures and what may be done with them. Only the first
    page has these, because the overview reads the whole map.
    """
    cluster, count = _overview_of(request, selection)
    count = selection.images.count() if count is None else count
    is_too_large = count > MOST_CHANGED
    images = selection.images.none() if is_too_large else selection.images
    return {
        "most_changed": MOST_CHANGED if is_too_large and request.user.is_authenticated else None,
        "cluster": cluster,
        "count": count,
        "own": own_images(request, images).count(),
        "may_make_private": public_images(request, images).exists(),
        "may_hide": visible_images(request, images).exists(),
    }


def _overview_of(
    request: HttpRequest, selection: Selection
) -> tuple[ClusterOverview | None, int | None]:
    """The group, and the number of its pictures unless the overview has only a sample of them."""
    overview = None if selection.cluster is None else overview_for(request.user)
    for cluster in overview.clusters if overview else ():
        if cluster.id == selection.cluster:
            return cluster, None if overview and overview.is_sample else cluster.count
    return None, None


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text, ListOrder.NEWEST)
    except ValueError:
        raise InvalidInput("This link is not valid.", parameter="after") from None
