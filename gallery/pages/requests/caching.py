"""The header Cache-Control of answers whose view sets none: browsers keep them, and ask again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class PrivateAnswers:
    """Answers depend on the session: pages show private pictures, the name and a CSRF token.

    ``no-cache`` and not ``no-store``: with the latter, browsers load a page again for "back" and
    lose the place in a long list.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
