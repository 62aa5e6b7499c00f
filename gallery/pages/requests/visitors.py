"""Who opens a page: the address for shares and limits, and the limit of searches."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from gallery.core import rate_limit
from gallery.core.visitor import client_address, coming_from, current_address
from gallery.pages.access import P, View


class VisitorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(client_address(request.META)):
            return self.get_response(request)


def limited_searches(
    limit_name: str, *, without_query: bool = False
) -> Callable[[View[P]], View[P]]:
    """Limit the searches of each address without an account. The start page of the search, which
    has no query, does not count, unless ``without_query``. ``limit_name`` names the counters.
    """

    def limited(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            is_search = without_query or bool(request.GET) or request.method == "POST"
            if is_search and not request.user.is_authenticated:
                rate_limit.check(limit_name, current_address(), rate_limit.ANONYMOUS_SEARCH_RATE)
            return view(request, *args, **kwargs)

        return counted

    return limited
