"""Turn a GalleryError of a page into a response; the API has its own handler."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from gallery.core.errors import GalleryError
from gallery.pages.access import LoginRequired
from gallery.pages.error_messages import message_for

log = logging.getLogger(__name__)


class GalleryErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, GalleryError) or request.path_info.startswith("/api/"):
            return None
        return response_to(request, error)


def response_to(request: HttpRequest, error: GalleryError) -> HttpResponse:
    if error.status >= 500:
        log.warning("%s %s: %s %s", request.method, request.path, error.code, error.message)
    if prefers_json(request):
        return _as_json(error)
    if isinstance(error, LoginRequired):
        return _to_login(request)
    return _as_page(request, error)


def prefers_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _as_json(error: GalleryError) -> JsonResponse:
    body = {"code": error.code, "message": message_for(error)}
    return JsonResponse(body, status=error.status)


def _to_login(request: HttpRequest) -> HttpResponse:
    # htmx would follow a redirect and insert the login form into the page.
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url("login"))
    return redirect_to_login(request.get_full_path())


def _as_page(request: HttpRequest, error: GalleryError) -> HttpResponse:
    """Render ``gallery/<url name>/error.html`` if there is one, else the common error page."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    context = {"code": error.code, "status": error.status, "message": message_for(error)}
    templates = [f"gallery/{page}/error.html", "gallery/error.html"]
    return render(request, templates, context, status=error.status)
