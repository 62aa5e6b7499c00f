"""Shows on a terminal how far PostgreSQL is with an index, while it is being built."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from django.db import connection

from gallery.models import EmbeddingSpace
from gallery.operations.index_status import progress_of

_SECONDS = 1.0


@contextmanager
def build_progress(space: EmbeddingSpace, output: OutputWrapper) -> Iterator[None]:
    """Write a line when the phase or the percentage of a build changes, until the block ends."""
    has_ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=[space, output, has_ended])
    watcher.start()
    try:
        yield
    finally:
        has_ended.set()
        watcher.join()


def _watch(space: EmbeddingSpace, output: OutputWrapper, has_ended: threading.Event) -> None:
    previous = ""
    try:
        while not has_ended.wait(_SECONDS):
            progress = progress_of(space)
            if progress is None:
                continue
            percent = "" if progress.percent is None else f", {progress.percent:.0f} %"
            line = f"{progress.phase}{percent}"
            if line != previous:
                output.write(line)
                previous = line
    finally:
        connection.close()  # of this thread
