"""Tells at once that the language model is down, after it has failed several times.

Each process counts for itself, as the cache does (``searchsite/redis_cache.py``).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from gallery.core.config import config
from gallery.core.errors import LlmBadAnswer, LlmUnavailable

log = logging.getLogger(__name__)

# So many failures within so many seconds, with no answer between them.
_FAILURES, _WITHIN = 3, 60.0
# Until one request is sent to find out whether the model answers again.
PAUSE_SECONDS = 30.0


class Breaker:
    """Closed while the model answers, open after its failures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=_FAILURES)
        self._open_until: float | None = None
        self._is_probed = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Send a request in the block. Raises ``LlmUnavailable`` before it while the breaker is
        open; one request at a time passes after the pause.

        A block that ends early, or with another error, says nothing about the model.
        """
        is_probe = self._enter()
        try:
            yield
        except LlmBadAnswer:
            self._close()
            raise
        except LlmUnavailable:
            self._note_failure(is_probe)
            raise
        else:
            self._close()
        finally:
            if is_probe:
                self._is_probed = False

    def _enter(self) -> bool:
        """Whether the request is the probe."""
        with self._lock:
            if self._open_until is None:
                return False
            wait = self._open_until - time.monotonic()
            if wait > 0 or self._is_probed:
                raise LlmUnavailable("The language model has failed several times and is paused.")
            self._is_probed = True
            return True

    def _note_failure(self, is_probe: bool) -> None:
        now = time.monotonic()
        with self._lock:
            self._failures.append(now)
            is_full = len(self._failures) == _FAILURES and self._failures[0] > now - _WITHIN
            if is_probe or is_full:
                self._open_until = now + PAUSE_SECONDS
                log.warning("language model: no request for %d s", PAUSE_SECONDS)

    def _close(self) -> None:
        with self._lock:
            self._failures.clear()
            self._open_until = None


_breakers: dict[tuple[str, ...], Breaker] = {}
_lock = threading.Lock()


def breaker_of(use: Literal["parse", "stream"]) -> Breaker:
    """Return that of the configured model. A sentence has two seconds and an answer a minute, so a
    model that is too slow for the one may do for the other.
    """
    site = config()
    key = (use, site.llm_provider, site.llm_url, site.llm_model)
    with _lock:
        return _breakers.setdefault(key, Breaker())
