"""Whether a person has near-duplicates to decide about, for the menu."""

from __future__ import annotations

import functools
import time

from django.contrib.auth import get_user_model

from gallery.curation.near_duplicates.groups import undecided_pairs
from gallery.models import User

# The link in the menu may appear and vanish so much later.
_CACHE_SECONDS = 60


def has_near_duplicates(user: User) -> bool:
    """Read once a minute for each person in each process, because every page asks for it."""
    if not user.is_authenticated:
        return False
    is_superuser = bool(getattr(user, "is_superuser", False))
    return _has_pairs(user.pk, is_superuser, int(time.monotonic() // _CACHE_SECONDS))


def forget_near_duplicates() -> None:
    """Read again for the next page."""
    _has_pairs.cache_clear()


@functools.lru_cache(maxsize=1000)
def _has_pairs(user_id: int, is_superuser: bool, period: int) -> bool:
    """The user of a request would keep the request in memory, so it is not the key."""
    user = get_user_model()(pk=user_id, is_superuser=is_superuser)
    return undecided_pairs(user).exists()
