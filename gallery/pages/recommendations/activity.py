"""The recorded activity on the account page: switch it on or off, download it, erase it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import User
from gallery.pages.access import members_only
from gallery.recommendations.activity import consent
from gallery.recommendations.activity.erase import erase
from gallery.recommendations.activity.export import ActivityCounts, counts_of, document_of

_SECONDS_OF_A_DAY = 24 * 3600


@dataclass(frozen=True)
class ActivitySection:
    is_recording: bool
    counts: ActivityCounts
    days: int


def section_of(user: User) -> ActivitySection:
    days = max(1, config().activity_seconds // _SECONDS_OF_A_DAY)
    return ActivitySection(consent.has_consented(user), counts_of(user), days)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def set_recording(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        choice = request.POST.get("recording", "")
        if choice not in ("on", "off"):
            raise InvalidInput("Recording must be on or off.", parameter="recording")
        if choice == "on":
            consent.give(request.user)
            messages.success(request, _("Your views and searches are recorded from now on."))
        else:
            consent.withdraw(request.user)
            messages.success(request, _("Nothing more is recorded."))
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def erase_all(request: HttpRequest) -> HttpResponse:
    """GET asks, POST erases."""
    if request.method == "POST":
        erase(request.user)
        messages.success(request, _("Your activity is erased, and nothing more is recorded."))
        return redirect("account")
    return render(request, "gallery/account/erase_activity.html")


@require_safe
@never_cache
@members_only
def download(request: HttpRequest) -> HttpResponse:
    document = document_of(request.user)
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="searchsite-activity.json"'
    return response
