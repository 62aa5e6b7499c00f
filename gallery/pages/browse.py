"""The gallery: newest pictures first."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.core.config import config
from gallery.models import Image, ImageQuerySet, State, User
from gallery.pages.access import readers_only
from gallery.pages.paging import Cursor, newest_first


@require_safe
@readers_only
def gallery(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after")
    page = newest_first(
        _listed(request.user),
        after=Cursor.parse(after) if after else None,
        size=config().page_size,
    )
    return render(request, "gallery/gallery/page.html", {"page": page, "later": bool(after)})


def _listed(user: User) -> ImageQuerySet:
    """Failed pictures are shown to their owner alone: to others they would be holes."""
    broken = Q(state__in=(State.FAILED, State.QUARANTINED))
    mine = Q(owner_id=user.pk) if user.is_authenticated else Q(pk__in=[])
    return Image.objects.visible_to(user).filter(~broken | mine).defer("exif")
