"""Pictures that the person may like, each with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.core.config import config
from gallery.pages.access import members_only
from gallery.recommendations.activity.consent import has_consented
from gallery.recommendations.feed import recommend


@require_safe
@never_cache
@members_only
def for_you(request: HttpRequest) -> HttpResponse:
    feed = recommend(request.user, limit=min(config().page_size, config().max_results))
    context = {"feed": feed, "is_recording": has_consented(request.user)}
    return render(request, "gallery/recommendations/page.html", context)
