"""Pictures of other servers: who may have one fetched, how often, and how many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

from gallery.core import rate_limit, visitor
from gallery.core.config import config
from gallery.core.errors import FetchingOff
from gallery.ingest.accept import Accepted, UploadFields, accept
from gallery.ingest.duplicates import OnDuplicate
from gallery.media.fetching import Fetched, fetch
from gallery.media.limits.slots import Slots
from gallery.models import User

# Of the eight threads of a web process, which a slow server may keep for GALLERY_FETCH_SECONDS.
_SLOTS = Slots(2)
_RATE = "60/m"


def may_fetch(user: User) -> bool:
    return config().fetch_urls and user.is_authenticated


@contextmanager
def fetched(url: str, *, user: User) -> Iterator[Fetched]:
    """The file at ``url``, for a request that waits for it.

    Raises ``FetchingOff``, ``Throttled``, ``TooBusy``, and the errors of ``media.fetching.fetch``.
    """
    if not config().fetch_urls:
        raise FetchingOff("This site fetches no pictures from other servers.")
    if not user.is_authenticated:
        raise FetchingOff("Log in to use pictures of other servers.")
    rate_limit.check("fetched_urls", visitor.name_of(user), _RATE)
    with _SLOTS.occupied(), fetch(url) as picture:
        yield picture


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
    with fetched(url, user=owner) as picture:
        return accept(
            picture.chunks,
            owner=owner,
            file_name=file_name or picture.file_name,
            on_duplicate=on_duplicate,
            **fields,
        )
