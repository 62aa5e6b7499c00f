"""Which answers of views are compressed, and which of them the client has already (304)."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_vary_headers

# Pictures are compressed already.
_TEXT = re.compile(
    r"text/|application/([\w.]+\+)?json\b|application/(javascript|vnd\.oai\.openapi)\b"
)
# A smaller answer fits into one packet with its headers.
_SMALLEST = 1000


class CompressionMiddleware(ConditionalGetMiddleware):
    """Django's gzip inside of Django's conditional GET, so that no 304 is compressed for nothing.

    The length of a compressed answer tells whether a text of the request also occurs elsewhere in
    the answer (BREACH). Three things prevent that a foreign page learns it: requests that another
    site's page causes get no compressed answer, Django masks its CSRF token anew in each answer,
    and its gzip adds up to 100 random bytes. A token that is shown once is another one in each
    answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self._gzip = GZipMiddleware(get_response)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not _is_compressible(response):
            return self._unless_unchanged(request, response)
        patch_vary_headers(response, ["Accept-Encoding"])
        answer = self._unless_unchanged(request, response)
        if _is_from_another_site(request):
            return answer
        return self._gzip.process_response(request, answer)

    def _unless_unchanged(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """304, or the response. ``If-Match`` is for changes: Django would refuse to read, too."""
        answer = super().process_response(request, response)
        return response if answer.status_code == HTTPStatus.PRECONDITION_FAILED else answer


def _is_compressible(response: HttpResponseBase) -> bool:
    """An ETag of the view stays as it is. Compression would make it a weak one, which other
    programs than this site do not accept in ``If-Match`` (RFC 9110).
    """
    return (
        not response.streaming
        and not response.has_header("ETag")
        and _TEXT.match(response.get("Content-Type", "")) is not None
        and len(response.content) >= _SMALLEST  # type: ignore[attr-defined]
    )


def _is_from_another_site(request: HttpRequest) -> bool:
    """Also a page of another subdomain ("same-site")."""
    return request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
