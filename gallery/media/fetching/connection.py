"""What all requests to other servers have in common: judged URLs, certificates, and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from ssl import SSLContext

import httpcore2
import httpx2

from gallery.core.errors import UrlRefused, UrlUnreachable
from gallery.core.size_limits import MAX_URL, file_too_large
from gallery.media.fetching.guarded_network import TooMuch
from gallery.media.fetching.policy import Policy


def checked_url(text: str, policy: Policy) -> httpx2.URL:
    """Raises ``UrlRefused`` for what the text alone forbids."""
    if len(text) > MAX_URL:
        raise UrlRefused(f"The URL is longer than {MAX_URL} characters.", limit=MAX_URL)
    try:
        url = httpx2.URL(text.strip())
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise UrlRefused("This is not a URL.") from None
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise UrlRefused("Only http and https URLs of other servers are fetched.")
    if url.userinfo:
        raise UrlRefused("URLs with a username or password are not fetched.")
    if not policy.knows_port(_port(url)):
        raise UrlRefused("URLs with a port other than 80 and 443 are not fetched.")
    return url


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def target_of(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


@contextmanager
def failures() -> Iterator[None]:
    """One error for all that fails inside; ``FileTooLarge`` if the server sent too much."""
    try:
        yield
    except TooMuch:
        raise file_too_large() from None
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.TimeoutException,
        httpcore2.UnsupportedProtocol,
    ) as error:
        raise UrlUnreachable("No picture could be fetched from this URL.") from error


@lru_cache(maxsize=1)
def certificates() -> SSLContext:
    """Reading them takes 60 ms. ``SSL_CERT_FILE`` can name those of an operator's own servers."""
    return httpx2.create_ssl_context()
