"""Pictures of other servers: who may have one fetched, how often, and how many at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

from gallery.core import rate_limit, visitor
from gallery.core.config import config
from gallery.core.errors import FetchingOff, TooBusy
from gallery.ingest.accept import Accepted, UploadFields, accept
from gallery.ingest.duplicates import OnDuplicate
from gallery.media.fetching import Fetched, fetch
from gallery.media.limits.slots import Slots
from gallery.models import User

# Of the eight threads of a web process, which a slow server may keep for GALLERY_FETCH_SECONDS.
_SLOTS = Slots(2)
_RATE = "60/m"
_fetching: set[str] = set()
_lock = threading.Lock()


def may_fetch(user: User) -> bool:
    return config().fetch_urls and user.is_authenticated


def new_deadline() -> float:
    """For all pictures of one request, in seconds of ``time.monotonic``."""
    return time.monotonic() + config().fetch_seconds


@contextmanager
def fetched(url: str, *, user: User, deadline: float) -> Iterator[Fetched]:
    """The file at ``url``, for a request that waits for it.

    Raises ``FetchingOff``, ``Throttled``, ``TooBusy`` (also if the person has another one fetched),
    and the errors of ``media.fetching.fetch``.
    """
    if not config().fetch_urls:
        raise FetchingOff("This site fetches no pictures from other servers.")
    if not user.is_authenticated:
        raise FetchingOff("Log in to use pictures of other servers.")
    name = visitor.name_of(user)
    rate_limit.check("fetched_urls", name, _RATE)
    with _alone(name), _SLOTS.occupied(), fetch(url, deadline=deadline) as picture:
        yield picture


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One person cannot take all slots."""
    with _lock:
        if name in _fetching:
            raise TooBusy("Your other picture is still being fetched. Try again soon.")
        _fetching.add(name)
    try:
        yield
    finally:
        with _lock:
            _fetching.remove(name)


def accept_url(
    url: str,
    *,
    owner: User,
    file_name: str = "",
    on_duplicate: OnDuplicate = OnDuplicate.KEEP,
    **fields: Unpack[UploadFields],
) -> Accepted:
    """Like ``accept``, with the bytes at ``url``; the name of the file is that in the URL, unless
    ``file_name`` is another.
    """
    with fetched(url, user=owner, deadline=new_deadline()) as picture:
        return accept(
            picture.chunks,
            owner=owner,
            file_name=file_name or picture.file_name,
            on_duplicate=on_duplicate,
            **fields,
        )
