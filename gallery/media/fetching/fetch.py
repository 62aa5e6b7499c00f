"""Fetches the picture of a URL.

The bytes are judged by our decoder, so the server's content type decides nothing. Proxies of the
environment are not used, because they would connect to addresses that nobody judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2
import httpx2

from gallery.core.config import config
from gallery.core.errors import UrlAnswer
from gallery.core.size_limits import file_too_large
from gallery.media.fetching import retry_after
from gallery.media.fetching.connection import certificates, checked_url, failures, target_of
from gallery.media.fetching.guarded_network import GuardedNetwork
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
    url = checked_url(text, policy)
    network = GuardedNetwork(policy, deadline, limits.max_file_size + _HEADER_BYTES)
    with (
        failures(),
        httpcore2.ConnectionPool(ssl_context=certificates(), network_backend=network) as pool,
        _answer(pool, url, policy, redirects=_MAX_REDIRECTS) as (final, response),
    ):
        _check_answer(response)
        yield Fetched(_file_name(final), _chunks(response))


@contextmanager
def _answer(
    pool: httpcore2.ConnectionPool, url: httpx2.URL, policy: Policy, *, redirects: int
) -> Iterator[tuple[httpx2.URL, httpcore2.Response]]:
    """The first answer that is no redirect; each URL on the way is judged anew."""
    with pool.stream("GET", target_of(url), headers=_headers(url)) as response:
        location = _location(response)
        if location is None:
            yield url, response
            return
    if redirects == 0:
        raise UrlAnswer("The server redirects too often.", answer=response.status)
    following = checked_url(_joined(url, location), policy)
    with _answer(pool, following, policy, redirects=redirects - 1) as answer:
        yield answer


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
    with failures():
        yield from response.iter_stream()


def _file_name(url: httpx2.URL) -> str:
    name = url.path.rpartition("/")[2]
    return "" if name in (".", "..") else name
