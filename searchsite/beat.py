"""The scheduler of ``celery beat``, which tells whether its loop still turns."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any

from celery.beat import ScheduleEntry, Scheduler, SchedulingError

log = logging.getLogger(__name__)

# Seconds. The loop turns at least every 15 seconds, for the sweep; with a broker that is down, a
# turn takes a few seconds more.
STUCK_AFTER = 60.0


class WatchedScheduler(Scheduler):
    """Notes when the loop last began a turn. A loop that hangs in one sends no task any more.

    Celery's default scheduler keeps a file with pickled stages. After an upgrade without one of
    them, it warns of the file. Nothing needs it: each task is due within ten minutes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._turned_at = monotonic()
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._turned_at = monotonic()
        return float(super().tick(*args, **kwargs))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Logs one line for a task that was not sent; Celery's own has two tracebacks."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            log.warning("%s", error)

    def is_turning(self) -> bool:
        return monotonic() - self._turned_at < STUCK_AFTER
