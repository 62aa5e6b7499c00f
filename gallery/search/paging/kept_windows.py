"""Windows are kept in Redis for a while, so that further pages neither repeat nor miss images.

There is a fixed number of slots, and the key of a window decides which one it uses. So searches,
malicious ones included, cannot fill Redis, which also holds the task queue and refuses work when
it is full. A window whose slot was used again has expired.
"""

from __future__ import annotations

import logging
import secrets
import zlib

from django.core.cache import cache
from redis.exceptions import RedisError

from gallery.search.paging.position import expired
from gallery.search.window import Window

log = logging.getLogger(__name__)

# At most 80 MB together: a window has at most some 800 entries of 24 bytes.
SLOTS = 1 << 12
SECONDS = 3600
# A version of the site cannot read windows in the format of another one: change it with the format.
_FORMAT = 2
_KEY_LENGTH = 16


def keep(window: Window) -> str:
    """The key of the window; empty if Redis is down."""
    key = secrets.token_urlsafe(12)
    try:
        cache.set(_slot(key), key.encode() + window.to_bytes(), SECONDS)
    except (RedisError, OSError) as error:
        log.warning("a search has no further pages: %s", type(error).__name__)
        return ""
    return key


def recall(key: str) -> Window:
    """Raises ``BadCursor`` if the window has expired, or Redis is down. It is kept for another
    hour.
    """
    slot = _slot(key)
    try:
        data = cache.get(slot)
        cache.touch(slot, SECONDS)
    except (RedisError, OSError) as error:
        log.warning("a window cannot be read: %s", type(error).__name__)
        raise expired() from error
    if not isinstance(data, bytes) or not data.startswith(key.encode()):
        raise expired()
    return Window.from_bytes(data[_KEY_LENGTH:])


def _slot(key: str) -> str:
    return f"search-window-{_FORMAT}:{zlib.crc32(key.encode()) % SLOTS}"
