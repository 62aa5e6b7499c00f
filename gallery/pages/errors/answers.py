"""Turn a GalleryError of a page into a response; the API has its own handler."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRedirect

from gallery.core.database_errors import database_error
from gallery.core.errors import GalleryError
from gallery.pages.access import LoginRequired
from gallery.pages.errors.messages import message_for
from gallery.pages.search.after_error import search_after_error
from gallery.pages.theme import theme_of

log = logging.getLogger(__name__)


class GalleryErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path_info.startswith("/api/"):
            return None
        if (no_database := database_error(error)) is not None:
            return without_database(request, no_database)
        return response_to(request, error) if isinstance(error, GalleryError) else None


def without_database(request: HttpRequest, error: GalleryError) -> HttpResponse:
    """A page that reads neither session nor user, in the language and theme of the request."""
    log.warning("%s %s: %s", request.method, request.path, error.code)
    if prefers_json(request):
        return _as_json(error)
    context = {
        "code": error.code,
        "status": error.status,
        "message": message_for(error),
        "theme": theme_of(request),
        "address": request.get_full_path() if request.method == "GET" else "",
    }
    page = render_to_string("gallery/no_database.html", context)
    response = HttpResponse(page, status=error.status, headers=_headers(error))
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") != "main":
        # The page is not a replacement for a part of another one, which stays as it is. A part that
        # asks again every two seconds goes on with that.
        response.headers["HX-Reswap"] = "none"
    return response


def prefers_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def response_to(request: HttpRequest, error: GalleryError) -> HttpResponse:
    if error.status >= 500:
        log.warning("%s %s: %s %s", request.method, request.path, error.code, error.message)
    if prefers_json(request):
        return _as_json(error)
    if isinstance(error, LoginRequired):
        return _to_login(request)
    return _as_page(request, error)


def _as_json(error: GalleryError) -> JsonResponse:
    body = {"code": error.code, "message": message_for(error)}
    return JsonResponse(body, status=error.status, headers=_headers(error))


def _to_login(request: HttpRequest) -> HttpResponse:
    # htmx would follow a redirect and insert the login form into the page.
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url("login"))
    return redirect_to_login(request.get_full_path())


def _as_page(request: HttpRequest, error: GalleryError) -> HttpResponse:
    """Render ``gallery/<url name>/error.html`` if there is one, else the common error page."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    context: dict[str, Any] = {
        "code": error.code,
        "status": error.status,
        "message": message_for(error),
    }
    if page == "search":
        context["address"] = search_after_error(request, error)
    templates = [f"gallery/{page}/error.html", "gallery/error.html"]
    response = render(request, templates, context, status=error.status)
    for name, value in _headers(error).items():
        response.headers[name] = value
    return response


def _headers(error: GalleryError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if error.retry_after else {}
