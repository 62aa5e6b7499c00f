"""The gallery page, and the tiles of it that change while pictures are processed."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import Image, ImageQuerySet, User
from gallery.pages.access import readers_only
from gallery.pages.search.pending import present_notice
from gallery.search.cursor import Cursor, ListOrder, adjacent_to, page_at
from gallery.search.filters import ImageFilter, matching

# Ids in one request for tiles: gunicorn limits the request line to 4,094 bytes.
MAX_TILES = 90
_ORDERS = {
    ListOrder.NEWEST: _("Date taken: newest"),
    ListOrder.OLDEST: _("Date taken: oldest"),
    ListOrder.UPLOADED: _("Last uploaded"),
}


@require_safe
@readers_only
def gallery(request: HttpRequest) -> HttpResponse:
    if request.GET.get("q"):
        # The box has the same text on every page, and it means a search on every page.
        return HttpResponseRedirect(f"{reverse('search')}?{request.GET.urlencode()}")
    order = _order(request.GET.get("order", ""))
    after = request.GET.get("after")
    cursor = _cursor(after, order) if after else None
    page = page_at(cursor, _listed(request.user), size=config().page_size, order=order)
    context = {
        "page": page,
        "is_first": not after,
        "order": order,
        "orders": _ORDERS,
    }
    return render(request, "gallery/gallery/page.html", context)


@require_safe
@never_cache
@readers_only
def tiles(request: HttpRequest) -> HttpResponse:
    """The tiles of ``?ids=a,b,…``, without the pictures that the gallery does not show, and with
    ``pending`` the notice about pictures that searches do not find by their meaning yet.
    """
    texts, with_notice = request.GET.get("ids", "").split(","), "pending" in request.GET
    try:
        ids = [uuid.UUID(text) for text in texts[:MAX_TILES] if text or not with_notice]
    except ValueError:
        raise InvalidInput("This link is not valid.", parameter="ids") from None
    images = _listed(request.user).filter(pk__in=ids)
    notice = present_notice(request.user) if with_notice else ""
    context = {"images": images, "pending_notice": notice}
    return render(request, "gallery/gallery/tiles.html", context)


def adjacent_pictures(image: Image, order_text: str, user: User) -> dict[str, object]:
    """The pictures before and after this one in the gallery in this order, for the template."""
    order = _order(order_text)
    before, after = adjacent_to(image, _listed(user), order)
    return {"order": order, "previous": before, "next": after}


def _listed(user: User) -> ImageQuerySet:
    # Only the owner can do something about a picture that failed.
    conditions = ImageFilter(hide_failed_of_others=True)
    images = matching(Image.objects.visible_to(user), conditions, user=user)
    return images.defer("exif", "metadata")


def _order(text: str) -> ListOrder:
    try:
        return ListOrder(text or ListOrder.NEWEST)
    except ValueError:
        raise InvalidInput("This link is not valid.", parameter="order") from None


def _cursor(text: str, order: ListOrder) -> Cursor:
    try:
        return Cursor.parse(text, order)
    except ValueError:
        raise InvalidInput("This link is not valid.", parameter="after") from None
