"""Each worker process, child of a worker and scheduler reports that it runs, from a thread."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from redis.exceptions import RedisError

from gallery.operations.health import media_folder, registry

log = logging.getLogger(__name__)

INTERVAL = 3.0


class HeartbeatThread:
    """Reports ``name`` under each of the ``roles`` until ``stop`` is called.

    A thread reports also during a long batch, but not while the process is stopped or stuck in
    code that does not release the interpreter, and not while ``is_working`` is false.
    ``name`` stays the same over restarts. With
    ``SEARCHSITE_HEARTBEAT_FILE`` it also sets the time of that file, for the container's check.
    """

    def __init__(
        self, name: str, roles: list[str], is_working: Callable[[], bool] = lambda: True
    ) -> None:
        self._is_working = is_working
        self._names = {f"{role}:{name}": role for role in roles}
        self._file = os.environ.get("SEARCHSITE_HEARTBEAT_FILE", "")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")

    def start(self) -> None:
        media_folder.mark()
        self._thread.start()

    def stop(self) -> None:
        """The process ends and is not expected to report any more."""
        self._stopped.set()
        self._thread.join(INTERVAL)
        with suppress(RedisError):
            for name in self._names:
                registry.forget(name)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._is_working():
                    self._beat()
            except Exception:
                log.exception("heartbeat was not sent")
            self._stopped.wait(INTERVAL)

    def _beat(self) -> None:
        if self._file:
            with suppress(OSError):
                Path(self._file).touch()
        try:
            for name, role in self._names.items():
                registry.record(name, role, media_folder.identity())
        except RedisError as error:
            log.warning("heartbeat was not sent: %s", error)
