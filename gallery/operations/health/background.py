"""Runs the checks in threads, so that an answer about the site's health never waits for one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from django.db import connections

from gallery.operations.health.checks import Reasons

log = logging.getLogger(__name__)

# Seconds.
_INTERVAL = 1.0
_LONGEST_WAIT = 0.1
_STALE_AFTER = 6.0


@dataclass
class BackgroundCheck:
    """The latest result of ``check``; ``name`` is the component while there is none."""

    name: str
    check: Callable[[], Reasons]
    _result: Reasons = field(default_factory=dict)
    _checked_at: float = 0.0
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _has_result: threading.Event = field(default_factory=threading.Event)

    def reasons(self) -> Reasons:
        self._start()
        if not self._has_result.wait(_LONGEST_WAIT):
            return {self.name: "not checked yet"}
        age = monotonic() - self._checked_at
        if age > _STALE_AFTER:
            return {self.name: f"the check has not ended for {age:.0f} s"}
        return self._result

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="health")
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._result = self.check()
                self._checked_at = monotonic()
                self._has_result.set()
            except Exception:
                log.exception("the check of %s failed", self.name)
            finally:
                connections.close_all()
            threading.Event().wait(_INTERVAL)
