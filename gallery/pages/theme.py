"""The theme: light, dark or as the system.

The server reads it from a cookie, so that no page flashes in the wrong theme first.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("auto", "light", "dark")
COOKIE = "theme"
_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    theme = request.COOKIES.get(COOKIE, "auto")
    return theme if theme in THEMES else "auto"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = redirect(_next_url(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, _YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _next_url(request: HttpRequest) -> str:
    """The page the form came from; the gallery if the address belongs to another site."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else resolve_url("gallery")
