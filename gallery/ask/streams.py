"""How many answers of a language model are written at once.

An answer occupies a thread of the web process for up to a minute. So a process has a few places
for them, and each person one; whoever finds none gets an error at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from gallery.core.config import config
from gallery.core.errors import TooBusy

# Beyond its deadline an answer takes a few seconds at most. A place that is not freed, because the
# response was dropped before it began, is free again then.
_GRACE = 30.0

_lock = threading.Lock()


@dataclass(eq=False)
class _Place:
    user_id: int
    end: float


_taken: set[_Place] = set()


def occupy(user_id: int) -> Callable[[], None]:
    """Take a place, and return the function that frees it. Raises ``TooBusy``."""
    now = time.monotonic()
    with _lock:
        _taken.difference_update([place for place in _taken if place.end < now])
        if any(place.user_id == user_id for place in _taken):
            raise TooBusy("Your last question is still being answered.")
        if len(_taken) >= config().llm_places:
            raise TooBusy("The language model answers other questions right now. Try again soon.")
        place = _Place(user_id, now + config().llm_seconds + _GRACE)
        _taken.add(place)
    return lambda: _free(place)


def _free(place: _Place) -> None:
    """Nothing if it has expired: the person may have another place since."""
    with _lock:
        _taken.discard(place)
