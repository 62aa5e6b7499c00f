"""Uploads pictures from several threads, and some of them twice or to be deleted again."""

from __future__ import annotations

import hashlib
import http.client
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from tests.abuse.site_requests import Answer, ask, send_picture
from tests.faults.uploads.journal import NO_ANSWER, Journal
from tests.faults.uploads.pictures import picture
from tests.local.site import Site

THREADS = 3
_IMAGES = "/api/v1/images/"
# Of the pictures: uploaded again later, uploaded twice at the same time, deleted afterwards,
# uploaded with a client that does not wait for the answer.
_AGAIN, _TWICE, _DELETED, _IMPATIENT = 0.08, 0.05, 0.06, 0.04
_PATIENCE_SECONDS, _IMPATIENT_SECONDS = 15.0, 0.02
_PAUSE_SECONDS = 0.5
# An outage takes seconds. After so many the client gives up, and the upload counts as unknown.
_GIVE_UP_SECONDS = 240.0
_TRANSIENT = {429, 503, 504, 507, NO_ANSWER}


class Client:
    """Each picture belongs to one thread, so that its requests have an order.

    ``may_go_on`` is asked before each picture, so that a slow site is not flooded.
    """

    def __init__(
        self, site: Site, token: str, journal: Journal, seed: int, may_go_on: Callable[[], bool]
    ) -> None:
        self._site, self._journal, self._seed = site, journal, seed
        self._headers = {"Authorization": f"Token {token}"}
        self._may_go_on = may_go_on
        self._numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._started = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS)
        self._twice = ThreadPoolExecutor(THREADS)

    @property
    def started(self) -> int:
        """How many pictures were begun."""
        return self._started

    def start(self, count: int) -> None:
        for number in range(count):
            self._numbers.put(number)
        self._threads = [self._pool.submit(self._work) for _ in range(THREADS)]

    def join(self) -> None:
        """Wait for all threads. Raises what one of them raised."""
        for thread in self._threads:
            thread.result()
        self._pool.shutdown()
        self._twice.shutdown()

    def stop(self) -> None:
        """After an error elsewhere: the threads end after their current request."""
        self._is_over.set()

    def is_done(self) -> bool:
        return all(thread.done() for thread in self._threads)

    def _work(self) -> None:
        while not self._is_over.is_set():
            while not self._may_go_on() and not self._is_over.is_set():
                time.sleep(0.1)
            try:
                number = self._numbers.get_nowait()
            except queue.Empty:
                return
            with self._lock:
                self._started += 1
            self._handle(number)

    def _handle(self, number: int) -> None:
        random = Random(f"client {self._seed}/{number}")
        data = picture(self._seed, number)
        if random.random() < _IMPATIENT:
            self._upload_once(number, data, _IMPATIENT_SECONDS)
        if random.random() < _TWICE:
            other = self._twice.submit(self._upload, number, data)
            key = self._upload(number, data)
            other.result()
        else:
            key = self._upload(number, data)
        if random.random() < _AGAIN:
            self._upload(number, data)
        if key and random.random() < _DELETED:
            time.sleep(random.uniform(0, 2))
            self._delete(number, data, key)
            if random.random() < 0.5:
                self._upload(number, data)

    def _upload(self, number: int, data: bytes) -> str:
        """Until there is an answer that stays the same; returns the id, or an empty text."""
        give_up_at = time.monotonic() + _GIVE_UP_SECONDS
        while time.monotonic() < give_up_at and not self._is_over.is_set():
            status, key = self._upload_once(number, data, _PATIENCE_SECONDS)
            if status not in _TRANSIENT:
                return key
            time.sleep(_PAUSE_SECONDS)
        return ""

    def _upload_once(self, number: int, data: bytes, seconds: float) -> tuple[int, str]:
        sha256 = hashlib.sha256(data).hexdigest()
        self._journal.request("upload", number, sha256)
        answer = _answered(
            lambda: send_picture(self._site, _IMAGES, "file", data, self._headers, seconds=seconds)
        )
        status = answer.status if answer else NO_ANSWER
        key = str(answer.json["id"]) if answer and 200 <= status < 300 else ""
        self._journal.answer("upload", number, sha256, status, key)
        return status, key

    def _delete(self, number: int, data: bytes, key: str) -> None:
        give_up_at = time.monotonic() + _GIVE_UP_SECONDS
        while time.monotonic() < give_up_at and not self._is_over.is_set():
            if self._delete_once(number, data, key) not in _TRANSIENT:
                return
            time.sleep(_PAUSE_SECONDS)

    def _delete_once(self, number: int, data: bytes, key: str) -> int:
        sha256, path = hashlib.sha256(data).hexdigest(), f"{_IMAGES}{key}/"
        self._journal.request("delete", number, sha256)
        answer = _answered(
            lambda: ask(self._site, path, self._headers, method="DELETE", seconds=_PATIENCE_SECONDS)
        )
        status = answer.status if answer else NO_ANSWER
        self._journal.answer("delete", number, sha256, status)
        return status


def _answered(request: Callable[[], Answer]) -> Answer | None:
    """None if the connection was refused, broke or was silent for too long."""
    try:
        return request()
    except (OSError, http.client.HTTPException):
        return None
