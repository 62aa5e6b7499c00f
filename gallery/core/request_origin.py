"""Whether a person meant a request, or a page of another site caused it.

A link or a picture on a foreign page makes the browser send a GET with the login of the person.
Such a request reads, but it must not write about the person or spend a budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit


class Request(Protocol):
    """``django.http.HttpRequest``."""

    @property
    def method(self) -> str | None: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def get_host(self) -> str: ...


def is_own_request(request: Request) -> bool:
    """True for a page of this site, the address bar, a bookmark, and a link in another program.

    A request other than GET and HEAD has a token against forgery, which is checked before. Browsers
    send ``Sec-Fetch-Site`` only to https and to their own machine; without it, the page before has
    to be of this site.
    """
    if request.method not in ("GET", "HEAD"):
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
