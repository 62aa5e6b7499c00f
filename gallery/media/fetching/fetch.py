"""Fetches the picture of a URL.

The bytes are judged by our decoder, so the server's content type decides nothing. Proxies of the
environment are not used, because they would connect to addresses that nobody judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext

import httpcore2
import httpx2

from gallery.core.config import config
from gallery.core.errors import UrlAnswer, UrlRefused, UrlUnreachable
from gallery.core.size_limits import MAX_URL, file_too_large
from gallery.media.fetching import retry_after
from gallery.media.fetching.guarded_network import GuardedNetwork, TooMuch
from gallery.media.fetching.policy import Policy, policy_of

_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Headers of all answers together.
_HEADER_BYTES = 256 << 10


@dataclass(frozen=True)
class Fetched:
    """The bytes arrive while ``chunks`` is read: errors of the server are raised there."""

    file_name: str
    chunks: Iterator[bytes]


@contextmanager
def fetch(text: str, *, deadline: float) -> Iterator[Fetched]:
    """The file at a URL, which has to be here at the ``deadline`` of ``time.monotonic``.

    Raises ``UrlRefused``, ``UrlUnreachable``, ``UrlAnswer``, and ``FileTooLarge`` (also while the
    chunks are read).
    """
    limits = config()
    policy = policy_of(limits.fetch_allow, limits.fetch_deny)
    url = _checked(text, policy)
    network = GuardedNetwork(policy, deadline, limits.max_file_size + _HEADER_BYTES)
    with (
        _failures(),
        httpcore2.ConnectionPool(ssl_context=_certificates(), network_backend=network) as pool,
        _answer(pool, url, policy, redirects=_MAX_REDIRECTS) as (final, response),
    ):
        _check_answer(response)
        yield Fetched(_file_name(final), _chunks(response))


def _checked(text: str, policy: Policy) -> httpx2.URL:
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


@contextmanager
def _answer(
    pool: httpcore2.ConnectionPool, url: httpx2.URL, policy: Policy, *, redirects: int
) -> Iterator[tuple[httpx2.URL, httpcore2.Response]]:
    """The first answer that is no redirect; each URL on the way is judged anew."""
    with pool.stream("GET", _target(url), headers=_headers(url)) as response:
        location = _location(response)
        if location is None:
            yield url, response
            return
    if redirects == 0:
        raise UrlAnswer("The server redirects too often.", answer=response.status)
    following = _checked(_joined(url, location), policy)
    with _answer(pool, following, policy, redirects=redirects - 1) as answer:
        yield answer


def _target(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


def _headers(url: httpx2.URL) -> list[tuple[bytes | str, bytes | str]]:
    """The bytes are counted as they arrive, so compressed answers are not requested."""
    return [
        ("Host", url.netloc),
        ("User-Agent", f"Searchsite/{config().version}"),
        ("Accept", "image/*, */*;q=0.5"),
        ("Accept-Encoding", "identity"),
    ]


def _location(response: httpcore2.Response) -> str | None:
    headers = httpx2.Headers(response.headers)
    return headers.get("location") if response.status in _REDIRECTS else None


def _joined(url: httpx2.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise UrlAnswer("The server redirects to something that is not a URL.") from None


def _check_answer(response: httpcore2.Response) -> None:
    headers = httpx2.Headers(response.headers)
    if response.status != 200:
        raise UrlAnswer(
            f"The server answered with {response.status}.",
            answer=response.status,
            **retry_after.of(headers.get("retry-after", "")),
        )
    if headers.get("content-encoding", "").lower() not in ("", "identity"):
        raise UrlAnswer("The server sent a compressed answer.", answer=response.status)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > config().max_file_size:
        raise file_too_large()


def _chunks(response: httpcore2.Response) -> Iterator[bytes]:
    with _failures():
        yield from response.iter_stream()


def _file_name(url: httpx2.URL) -> str:
    name = url.path.rpartition("/")[2]
    return "" if name in (".", "..") else name


@contextmanager
def _failures() -> Iterator[None]:
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
def _certificates() -> SSLContext:
    """Reading them takes 60 ms. ``SSL_CERT_FILE`` can name those of an operator's own servers."""
    return httpx2.create_ssl_context()
