"""How large the body of a request may be, by the name of its URL pattern, and its errors.

Without this limit, the check of the CSRF token writes any multipart body to the temporary folder.
The web server (``searchsite.front``) applies the limit before it receives a body. The pages and the
API apply it again before they parse the body, because other servers may run this application.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_noop

from gallery.core.config import config
from gallery.core.errors import (
    InvalidInput,
    LengthRequired,
    NoSpaceForBody,
    RequestTimeout,
    RequestTooLarge,
    Throttled,
    TooManyBodies,
)
from gallery.core.size_limits import file_too_large

# The key in ``request.META`` under which the web server writes why it did not receive the body:
# ``length_required``, ``charset`` (it is not UTF-8), ``too_large``, ``too_slow``, ``full`` (no
# space for any client), ``too_many_bodies`` or ``too_many_requests`` (the client has used up its
# share).
REFUSED = "gallery.body_refused"
# JSON with pictures in base64, see gallery.api.parsers.
_MAX_JSON = 16 << 20
# What the other fields and the multipart boundaries may add to a picture.
_OVERHEAD = 1 << 20
# The form for browsers without scripts sends several pictures in one request.
_PICTURES_IN_A_FORM = 4
_API_ROUTES = {"api-images", "api-search", "api-embeddings", "api-zero-shot"}
_ONE_PICTURE_ROUTES = {"search", *_API_ROUTES}


# Which take archives and tables of pictures.
IMPORT_ROUTES = {"imports", "api-imports"}


def file_limit(route: str | None) -> int:
    """How large a file in the body may be, in bytes."""
    limits = config()
    return limits.import_max_size if route in IMPORT_ROUTES else limits.max_file_size


def body_limit(route: str | None) -> int:
    """In bytes."""
    if route == "upload":
        return _PICTURES_IN_A_FORM * config().max_file_size + _OVERHEAD
    if route in IMPORT_ROUTES:
        return config().import_max_size + _OVERHEAD
    if route == "search":
        return config().max_file_size + _OVERHEAD
    if route in _API_ROUTES:
        return max(config().max_file_size, _MAX_JSON) + _OVERHEAD
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def body_limit_at(path: str) -> int:
    """The limit of a URL path; an unknown path has the limit of an ordinary form."""
    try:
        return body_limit(resolve(path).url_name)
    except Resolver404:
        return body_limit(None)


def check_body(meta: Mapping[str, Any], route: str | None) -> None:
    """Raises an error if the web server refused the request, or if its body must not be parsed."""
    limit = body_limit(route)
    length = str(meta.get("CONTENT_LENGTH") or "0")
    reason = meta.get(REFUSED)
    if reason == "length_required" or ("HTTP_TRANSFER_ENCODING" in meta and length == "0"):
        # Django reads as many bytes as Content-Length says, so it would see an empty body.
        raise LengthRequired("The Content-Length header is required.")
    if reason == "charset":
        raise InvalidInput(gettext_noop("A request must be encoded as UTF-8."))
    if reason == "too_large" or (length.isdecimal() and int(length) > limit):
        if route in _ONE_PICTURE_ROUTES:
            raise file_too_large()
        raise RequestTooLarge("The request body is too large.", limit=limit)
    if reason == "too_slow":
        raise RequestTimeout("The request body arrived too slowly.")
    if reason == "full":
        raise NoSpaceForBody("There is no space for the body of the request. Try again soon.")
    if reason == "too_many_bodies":
        raise TooManyBodies("Your other requests with large bodies are still being received.")
    if reason == "too_many_requests":
        raise Throttled("Too many requests from your address are still open.", wait=10)
