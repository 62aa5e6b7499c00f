"""Hashes of stored files, read at a bounded pace."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from gallery.media import storage
from gallery.media.previews import SIZES

_BLOCK = 1 << 20
# Asking whether somebody else needs the disk may cost a query.
_ASK_SECONDS = 0.5


class Interrupted(Exception):
    """Somebody else needs the disk; the file was not read to its end."""


class PacedReader:
    """Hashes files, and sleeps so that it reads at most ``rate`` bytes a second on average.

    0 is without limit. After each block, at most twice a second, ``must_stop`` is called.
    """

    def __init__(self, rate: int = 0, must_stop: Callable[[], bool] = lambda: False) -> None:
        self.bytes_read = 0
        self._rate = rate
        self._must_stop = must_stop
        self._began = self._asked = time.monotonic()

    def sha256(self, path: Path) -> bytes:
        """Raises ``OSError`` and ``Interrupted``."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                self._count(len(block))
        return digest.digest()

    def previews_sha256(self, image_id: uuid.UUID) -> bytes:
        """One hash of all previews of an image. Raises ``OSError`` and ``Interrupted``."""
        digest = hashlib.sha256()
        for size in SIZES:
            digest.update(self.sha256(storage.preview_path(image_id, size)))
        return digest.digest()

    def _count(self, size: int) -> None:
        self.bytes_read += size
        if self._rate:
            early = self.bytes_read / self._rate - (time.monotonic() - self._began)
            time.sleep(max(0.0, early))
        if time.monotonic() - self._asked >= _ASK_SECONDS:
            self._asked = time.monotonic()
            if self._must_stop():
                raise Interrupted
