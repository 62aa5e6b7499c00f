"""Files and pages of pictures for programs: a token in the header, and errors as JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from gallery.accounts import signed_files, token_header
from gallery.core.errors import BadToken, GalleryError, NotFound
from gallery.pages.access import P, View
from gallery.pages.errors.answers import as_problem

_SAFE = ("GET", "HEAD")


class _MethodNotAllowed(GalleryError):
    code = "method_not_allowed"
    status = 405


def accepts_token(view: View[P]) -> View[P]:
    """A header ``Authorization`` decides who asks, instead of the session. The view only reads.

    With it, and for a signed address, an error is a problem in JSON: no page, and no redirect.
    """

    # A program has no CSRF token; to its POST the answer is 405, not the page about that.
    @csrf_exempt
    @functools.wraps(view)
    def authenticated(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        header = request.META.get(token_header.KEY)
        is_program = is_from_program(request, authenticated)
        try:
            if is_program and request.method not in _SAFE:
                raise _MethodNotAllowed("This address can only be read.")
            if header is not None:
                request.user = token_header.authenticate(header).user
            response = require_safe(view)(request, *args, **kwargs)
        except (GalleryError, Http404) as error:
            if not is_program:
                raise
            response = as_problem(_gallery_error(error))
            if isinstance(error, BadToken):
                response["WWW-Authenticate"] = token_header.scheme_of(header or "")
            if isinstance(error, _MethodNotAllowed):
                response["Allow"] = ", ".join(_SAFE)
        patch_vary_headers(response, ["Authorization"])
        return response

    authenticated.accepts_token = True  # type: ignore[attr-defined]
    return authenticated


def is_from_program(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether an error of the view is a problem in JSON."""
    has_header = token_header.KEY in request.META
    is_program = has_header or signed_files.PARAMETER in request.GET
    return is_program and hasattr(view, "accepts_token")


def _gallery_error(error: GalleryError | Http404) -> GalleryError:
    return error if isinstance(error, GalleryError) else NotFound("No picture matches.")
