"""Gets the bytes of rows: several at a time, in threads that do not use the database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from gallery.core.config import config
from gallery.core.errors import FetchingOff
from gallery.ingest.imports.hosts import Hosts
from gallery.ingest.imports.sources.base import Source
from gallery.media import storage
from gallery.media.fetching import fetch
from gallery.models import ImportRow

_PATIENCE_SECONDS = 0.02


@dataclass
class Arrival:
    """The bytes of a row, in a temporary file until ``close``."""

    received: storage.Received
    file_name: str
    stack: ExitStack

    def close(self) -> None:
        self.stack.close()


class Downloads:
    """Use it as a context: at its end no thread runs, and the temporary files are gone."""

    def __init__(self, source: Source, *, parallel: int, hosts: Hosts) -> None:
        self._source = source
        self._parallel = parallel
        self._hosts = hosts
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="import")
        self._running: dict[Future[Arrival], ImportRow] = {}
        self.unstarted: list[ImportRow] = []
        # What the latest file that could not be read had; a problem if no other row could be done.
        self.unreadable = ""

    def __enter__(self) -> Downloads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for future, row in self._running.items():
            self._end(row)
            if not future.cancelled() and future.exception() is None:
                future.result().close()

    @property
    def unfinished(self) -> list[ImportRow]:
        return [*self.unstarted, *self._running.values()]

    @property
    def room(self) -> int:
        """How many more rows should be claimed."""
        return max(0, 2 * self._parallel - len(self.unstarted) - len(self._running))

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    @property
    def unwanted(self) -> list[str]:
        """The servers of which enough rows wait, or which have a pause. A slow one would otherwise
        fill the room for all others.
        """
        counts = Counter(row.host for row in self.unstarted if row.host)
        crowded = [host for host, count in counts.items() if 2 * count >= self._parallel]
        return [*crowded, *self._hosts.paused(time.monotonic())]

    def add(self, rows: Sequence[ImportRow]) -> None:
        self.unstarted.extend(rows)

    def pause(self, host: str, seconds: float) -> list[ImportRow]:
        """Ask this server for nothing until then; returns its rows, which are not started."""
        self._hosts.pause(host, time.monotonic(), seconds)
        paused = [row for row in self.unstarted if row.host == host]
        self.unstarted = [row for row in self.unstarted if row.host != host]
        return paused

    def start(self) -> None:
        """Start what may be started now."""
        now = time.monotonic()
        waiting = []
        for row in self.unstarted:
            if len(self._running) < self._parallel and self._may_start(row, now):
                if row.host:
                    self._hosts.start(row.host, now)
                self._running[self._pool.submit(_arrive, self._source, row)] = row
            else:
                waiting.append(row)
        self.unstarted = waiting

    def _may_start(self, row: ImportRow, now: float) -> bool:
        return not row.host or self._hosts.may_start(row.host, now)

    def arrivals(self) -> Iterator[tuple[ImportRow, Future[Arrival]]]:
        """Those that have ended. Waits a moment for one, or until more may be started."""
        done, _ = wait(self._running, _PATIENCE_SECONDS, FIRST_COMPLETED)
        if not self._running:
            time.sleep(_PATIENCE_SECONDS if self.unstarted else 0)
        for future in done:
            row = self._running.pop(future)
            self._end(row)
            yield row, future

    def _end(self, row: ImportRow) -> None:
        if row.host:
            self._hosts.end(row.host)


def _arrive(source: Source, row: ImportRow) -> Arrival:
    """The connection ends here, and the temporary file with the arrival."""
    with ExitStack() as files, _opened(source, row) as (chunks, name):
        received = files.enter_context(storage.receive(chunks))
        return Arrival(received, name, files.pop_all())


@contextmanager
def _opened(source: Source, row: ImportRow) -> Iterator[tuple[Iterator[bytes], str]]:
    if not row.host:
        with source.open(row.place) as chunks:
            yield chunks, PurePosixPath(row.place).name
        return
    if not config().fetch_urls:
        raise FetchingOff("This site fetches no pictures from other servers.")
    with fetch(row.place, deadline=time.monotonic() + config().fetch_seconds) as fetched:
        yield fetched.chunks, fetched.file_name
