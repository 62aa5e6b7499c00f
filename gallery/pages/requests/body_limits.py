"""Answers requests whose body is too large, unreadable or refused by the web server.

The CSRF check would parse the body, so this happens before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from gallery.core.body_limits import check_body
from gallery.core.errors import GalleryError
from gallery.pages.errors.answers import response_to
from gallery.pages.requests.form_syntax import check_form


class BodyLimitMiddleware:
    """Its place is before ``CsrfViewMiddleware``. The API checks in its own views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        if request.path_info.startswith("/api/"):
            return None
        match = request.resolver_match
        try:
            check_body(request.META, match.url_name if match else None)
            check_form(request)
        except GalleryError as error:
            # The error page shows what a form has sent; it must not read this body.
            request.POST = QueryDict()
            return response_to(request, error)
        return None
