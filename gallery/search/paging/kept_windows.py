"""Windows are kept in the cache for a while, so that further pages neither repeat nor miss images.

Their number is fixed, and each visitor has a share of it (``shared_slots``).
"""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from gallery.core import visitor
from gallery.models import User
from gallery.search.paging.position import expired
from gallery.search.shared_slots import SharedSlots
from gallery.search.window import Window

log = logging.getLogger(__name__)

# At most 90 MB together: a window has at most some 800 entries of 28 bytes. A share is what one
# person searches for in an hour.
SLOTS = 1 << 12
SHARE = 1 << 7
SECONDS = 3600
# A version of the site cannot read windows in the format of another one: change it with the format.
_FORMAT = 5

_windows = SharedSlots(f"search-window-{_FORMAT}", slots=SLOTS, share=SHARE, seconds=SECONDS)


def keep(window: Window, user: User) -> str:
    """The key of the window; empty if the cache does not answer."""
    key = _windows.new_key(visitor.name_of(user))
    try:
        _windows.put(key, window.to_bytes())
    except (RedisError, OSError) as error:
        log.warning("a search has no further pages: %s", type(error).__name__)
        return ""
    return key


def recall(key: str) -> Window:
    """Raises ``BadCursor`` if the window has expired, or the cache does not answer. It is kept for
    another hour.
    """
    try:
        data = _windows.get(key)
    except (RedisError, OSError) as error:
        log.warning("a window cannot be read: %s", type(error).__name__)
        raise expired() from error
    if data is None:
        raise expired()
    return Window.from_bytes(data)
