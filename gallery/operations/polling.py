"""Workers look for work in the database while no message reaches them.

The scheduler sends each queue a message every 15 seconds. If none arrives, the broker is down,
frozen or full, or the scheduler is down. The rows say what is to be done, so uploads are processed
nevertheless: by one thread of each worker instead of all its processes, after a pause instead of at
once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connections

from gallery.changeover import run
from gallery.core.errors import GalleryError
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.backlog import derive_backlog
from gallery.ingest.imports import run as imports

log = logging.getLogger(__name__)

SILENCE_SECONDS = 20.0
_INTERVAL_SECONDS = 5.0
# A busy worker receives no messages. After so long, it may have lost the broker meanwhile.
_BUSY_SECONDS = 300.0

# On the clock of ``time.monotonic``.
_last_message = time.monotonic()


def message_received() -> None:
    global _last_message
    _last_message = time.monotonic()


def start(queue: str, is_busy: Callable[[], bool]) -> None:
    """Poll from a daemon thread of a worker of ``queue``, whenever no message has come."""
    message_received()
    threading.Thread(
        target=_poll_forever, args=[queue, is_busy], daemon=True, name=f"polling {queue}"
    ).start()


def is_silent(*, is_busy: bool) -> bool:
    silence = time.monotonic() - _last_message
    return silence > (_BUSY_SECONDS if is_busy else SILENCE_SECONDS)


def poll(queue: str) -> None:
    """Do what is due for the queue."""
    if queue == "derive":
        derive_backlog()
        imports.run()
    elif queue == "embed":
        embed_backlog()
        run.run()


def _poll_forever(queue: str, is_busy: Callable[[], bool]) -> None:
    was_silent = False
    while True:
        time.sleep(_INTERVAL_SECONDS)
        silent = is_silent(is_busy=is_busy())
        if silent and not was_silent:
            log.warning("no message for queue %s: looking for work in the database", queue)
        was_silent = silent
        if silent:
            _poll_once(queue)


def _poll_once(queue: str) -> None:
    try:
        poll(queue)
    except (Error, GalleryError, OSError, MemoryError) as error:
        log.warning("looking for work of queue %s failed: %s", queue, error)
    except Exception:
        log.exception("looking for work of queue %s failed", queue)
    finally:
        connections.close_all()
