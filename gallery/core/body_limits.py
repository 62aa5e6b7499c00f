"""How large the body of a request may be, by the name of its URL pattern.

Without this limit, the check of the CSRF token writes any multipart body to the temporary folder.
The web server asks before it receives a body; the pages and the API ask again before they parse it,
because other servers may run this application.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve

from gallery.core.config import config
from gallery.core.errors import LengthRequired, RequestTimeout, RequestTooLarge, StorageFull
from gallery.core.size_limits import file_too_large

# The key in ``request.META`` by which the web server tells why it did not receive the body:
# ``length_required``, ``too_large``, ``too_slow`` or ``full``.
REFUSED = "gallery.body_refused"
# JSON with pictures in base64, see gallery.api.parsers.
_JSON = 16 << 20
# What the other fields and the multipart boundaries may add to a picture.
_OVERHEAD = 1 << 20
# The form for browsers without scripts sends several pictures in one request.
_PICTURES_IN_A_FORM = 4
_OF_API = {"api-images", "api-search", "api-embeddings", "api-zero-shot"}
_ONE_PICTURE = {"search", *_OF_API}


def body_limit(route: str | None) -> int:
    """In bytes."""
    if route == "upload":
        return _PICTURES_IN_A_FORM * config().max_file_size + _OVERHEAD
    if route == "search":
        return config().max_file_size + _OVERHEAD
    if route in _OF_API:
        return max(config().max_file_size, _JSON) + _OVERHEAD
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def body_limit_at(path: str) -> int:
    """The limit of an address; an unknown one has that of an ordinary form."""
    try:
        return body_limit(resolve(path).url_name)
    except Resolver404:
        return body_limit(None)


def check_body(meta: Mapping[str, Any], route: str | None) -> None:
    """Raises the error of a body that must not be parsed."""
    limit = body_limit(route)
    length = str(meta.get("CONTENT_LENGTH") or "0")
    reason = meta.get(REFUSED)
    if reason == "length_required" or ("HTTP_TRANSFER_ENCODING" in meta and length == "0"):
        # Django reads as many bytes as Content-Length says, so it would see an empty body.
        raise LengthRequired("The Content-Length header is required.")
    if reason == "too_large" or (length.isdecimal() and int(length) > limit):
        if route in _ONE_PICTURE:
            raise file_too_large()
        raise RequestTooLarge("The request body is too large.", limit=limit)
    if reason == "too_slow":
        raise RequestTimeout("The request body arrived too slowly.")
    if reason == "full":
        raise StorageFull("There is no space for the body of the request.")
