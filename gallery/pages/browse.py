"""The gallery page: newest pictures first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.pages.access import readers_only
from gallery.search.cursor import Cursor, page_at
from gallery.search.filters import ImageFilter, matching


@require_safe
@readers_only
def gallery(request: HttpRequest) -> HttpResponse:
    if request.GET.get("q"):
        # The box has the same text on every page, and it means a search on every page.
        return HttpResponseRedirect(f"{reverse('search')}?{request.GET.urlencode()}")
    after = request.GET.get("after")
    # Only the owner can do something about a picture that failed.
    conditions = ImageFilter(hide_failed_of_others=True)
    images = matching(Image.objects.visible_to(request.user), conditions, user=request.user)
    page = page_at(_cursor(after), images.defer("exif", "metadata"), size=config().page_size)
    return render(request, "gallery/gallery/page.html", {"page": page, "is_first": not after})


def _cursor(text: str | None) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        raise InvalidInput(gettext_noop("This link is not valid.")) from None
