"""The workers and the queue of a site inside of a test: messages, steps, kills and time.

The steps are the functions that the tasks call. Only the decoder is replaced, by one that decodes
each picture once and copies the result afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F

from gallery.core.dispatch import Stage
from gallery.core.errors import GalleryError
from gallery.embeddings import encode_previews
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.backlog import derive_hinted
from gallery.ingest.sweep import sweep
from gallery.media import decode, storage
from gallery.models import Image
from tests.conftest import Hint

# Longer than a lease, the pause of the sweep and each pause between two attempts.
_LONG = timedelta(minutes=6)


class Killed(BaseException):
    """The process ends here. ``finally`` still runs, unlike in a process that is killed."""


class SimulatedSite:
    def __init__(self, messages: list[Hint], patch: pytest.MonkeyPatch, copies: Path) -> None:
        """``messages`` is the queue: capabilities append to it, workers take from it."""
        self.messages, self._copies = messages, copies
        self._decoded: dict[bytes, decode.Decoded | GalleryError] = {}
        self._decode, self._kill_at = decode.decode, ""
        patch.setattr(decode, "decode", self._decode_once)
        for point, (module, name) in POINTS.items():
            patch.setattr(module, name, self._killing(point, getattr(module, name)))

    def start_anew(self) -> None:
        """With an empty queue and no files."""
        self.messages.clear()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)

    def deliver(self, place: int, *, kill_at: str = "") -> None:
        """A worker takes a message and does its work; with ``kill_at`` it dies at that point."""
        stage, arguments = self.messages.pop(place)
        self.work(stage, *arguments, kill_at=kill_at)

    def work(self, stage: Stage, *arguments: str, kill_at: str = "") -> None:
        with self.killed_at(kill_at):
            _STEPS.get(stage, _do_nothing)(*arguments)

    @contextmanager
    def killed_at(self, point: str) -> Iterator[None]:
        """The block ends at the first of its steps that is this one of ``KILL_POINTS``."""
        self._kill_at = point
        try:
            yield
        except Killed:
            pass
        finally:
            self._kill_at = ""

    def let_time_pass(self) -> None:
        """In the database, whose clock decides about leases and attempts."""
        Image.objects.update(
            next_attempt_at=F("next_attempt_at") - _LONG, lease_until=F("lease_until") - _LONG
        )

    def drain(self) -> None:
        """What the clock and the workers do once no fault happens any more."""
        for _ in range(8):
            self.let_time_pass()
            self.work(Stage.SWEEP)
            while self.messages:
                self.deliver(0)

    def _killing(self, point: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            if self._kill_at == f"before {point}":
                raise Killed
            result = function(*arguments, **options)
            if self._kill_at == f"after {point}":
                raise Killed
            return result

        return run

    def _decode_once(
        self, source: Path, format: str, folder: Path, is_first: bool = False
    ) -> decode.Decoded:
        data = source.read_bytes()
        if data not in self._decoded:
            copies = self._copies / str(len(self._decoded))
            copies.mkdir()
            try:
                self._decoded[data] = self._decode(source, format, copies, is_first)
            except GalleryError as error:
                self._decoded[data] = error
        decoded = self._decoded[data]
        if isinstance(decoded, GalleryError):
            raise decoded
        previews = {
            size: Path(shutil.copy(file, folder)) for size, file in decoded.previews.items()
        }
        return replace(decoded, previews=previews)


def _do_nothing(*_: str) -> None:
    """Stages that are not part of an upload's way."""


_STEPS: dict[Stage, Callable[..., Any]] = {
    Stage.DERIVE: derive_hinted,
    Stage.EMBED: embed_backlog,
    Stage.SWEEP: sweep,
}
# Where a process may be killed, by a name: the module and the name under which it is called.
POINTS: dict[str, tuple[Any, str]] = {
    "keeping the original": (storage, "keep"),
    "keeping the previews": (storage, "keep_previews"),
    "encoding": (encode_previews, "open_preview"),
    "removing files": (storage, "forget"),
}
KILL_POINTS = [f"{when} {point}" for point in POINTS for when in ("before", "after")]
