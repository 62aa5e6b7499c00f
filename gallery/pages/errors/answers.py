"""Turn a GalleryError of a page into a response; the API has its own handler."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from gallery.core.database_errors import database_error
from gallery.core.errors import GalleryError
from gallery.pages.access import LoginRequired
from gallery.pages.errors.advice import advice_for, text_for
from gallery.pages.errors.messages import message_for
from gallery.pages.search.after_error import search_after_error
from gallery.pages.theme import theme_of

log = logging.getLogger(__name__)


class MethodNotAllowed(GalleryError):
    """Somebody opened an address that only takes data from a form."""

    code = "method_not_allowed"
    status = 405


class GalleryErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = request.method == "GET" and not request.path_info.startswith("/api/")
        if is_page and isinstance(response, HttpResponseNotAllowed):
            # Django's answer has no text.
            page = response_to(request, MethodNotAllowed("This address takes POST only."))
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path_info.startswith("/api/"):
            return None
        if (unavailable := database_error(error)) is not None:
            return without_database(request, unavailable)
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
        "advice": advice_for(error),
        "theme": theme_of(request),
        "address": request.get_full_path() if request.method == "GET" else "",
        "sent": request.method == "POST",
    }
    page = render_to_string("gallery/no_database.html", context)
    response = HttpResponse(page, status=error.status, headers=_headers(error))
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") != "main":
        # htmx asked for a part of a page, and must not insert a whole page there. It keeps the part
        # as it is; a part that polls goes on polling.
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
    body = {"code": error.code, "message": text_for(error), "texts": _in_every_language(error)}
    return JsonResponse(body, status=error.status, headers=_headers(error))


def _in_every_language(error: GalleryError) -> dict[str, str]:
    """For scripts that show the error again after a change of language."""
    texts = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            texts[code] = text_for(error)
    return texts


def as_problem(error: GalleryError) -> JsonResponse:
    """RFC 9457, as the API answers: for programs that fetch the addresses in its answers."""
    detail = message_for(error)
    body = {
        "type": f"urn:searchsite:problem:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": detail,
        "code": error.code,
        "errors": [{"code": error.code, "detail": detail, "attr": None}],
    }
    return JsonResponse(
        body,
        status=error.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **_headers(error)},
    )


def _to_login(request: HttpRequest) -> HttpResponse:
    # htmx would follow a plain redirect and insert the login form into a part of the page. What
    # follows the login is the page, not the address that its script has asked for.
    if htmx := HtmxDetails(request):
        page = htmx.current_url_abs_path or resolve_url("gallery")
        return HttpResponseClientRedirect(redirect_to_login(page).url)
    return redirect_to_login(request.get_full_path())


def _as_page(request: HttpRequest, error: GalleryError) -> HttpResponse:
    """Render ``gallery/<url name>/error.html`` if there is one, else the common error page."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    context: dict[str, Any] = {
        "code": error.code,
        "status": error.status,
        "message": message_for(error),
        "advice": advice_for(error),
        "retry_url": request.get_full_path() if _may_pass(request, error) else "",
    }
    if page == "search":
        context["address"] = address = search_after_error(request, error)
        context["sent_text"] = address.value("q")
        if request.method == "POST":  # the address of the form has no search in it
            context["next_url"] = str(address)
    templates = [f"gallery/{page}/error.html", "gallery/error.html"]
    response = render(request, templates, context, status=error.status)
    for name, value in _headers(error).items():
        response.headers[name] = value
    return response


def _may_pass(request: HttpRequest, error: GalleryError) -> bool:
    """Whether the same address may be shown a moment later."""
    return request.method == "GET" and (error.status >= 500 or error.status in (408, 429))


def _headers(error: GalleryError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if error.retry_after else {}
