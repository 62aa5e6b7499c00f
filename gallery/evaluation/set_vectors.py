"""Encodes the texts and picture files of a captioned set, and skips what cannot be read."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import PIL.Image

from gallery.core.config import config
from gallery.core.errors import GalleryError, InvalidInput, NotFound
from gallery.core.size_limits import check_file_size
from gallery.embeddings.batches import encode_each
from gallery.encoders.base import WIDTH, Encoder, Vectors
from gallery.media.decode import decode_pixels

log = logging.getLogger(__name__)

T = TypeVar("T")
Input = TypeVar("Input")
# Called with the name of the stage, the number of items done and the number of all items.
Progress = Callable[[str, int, int], None]

_TEXTS_PER_BATCH = 256
# Each has a child process, which may use ``decode_memory`` bytes.
_DECODE_THREADS = 2


class Encoded(Generic[T]):
    """``items[i]`` is the item of row ``i`` of ``vectors``. ``skipped`` counts by error code.

    ``vectors`` is float32 ``(len(items), 512)``. The seconds are wall-clock time.
    """

    def __init__(self) -> None:
        self.items: list[T] = []
        self.skipped: Counter[str] = Counter()
        self.seconds_decoding = 0.0
        self.seconds_encoding = 0.0
        self._rows: list[Vectors] = []

    @property
    def vectors(self) -> Vectors:
        return np.stack(self._rows) if self._rows else np.empty((0, WIDTH), dtype=np.float32)

    def add(
        self, items: Sequence[T], encode: Callable[[list[Input]], Vectors], inputs: list[Input]
    ) -> None:
        """Encode ``inputs``, one for each of ``items``, and keep or skip each item."""
        started = time.perf_counter()
        results = encode_each(encode, inputs) if inputs else []
        self.seconds_encoding += time.perf_counter() - started
        for item, result in zip(items, results, strict=True):
            if isinstance(result, GalleryError):
                self.skip(item, result)
            else:
                self.items.append(item)
                self._rows.append(result)

    def skip(self, item: T, error: GalleryError) -> None:
        log.warning("Skipped %s: %s", item, error)
        self.skipped[error.code] += 1


def encode_texts(encoder: Encoder, texts: Sequence[str], progress: Progress) -> Encoded[str]:
    encoded = Encoded[str]()
    for batch in _batches(texts, _TEXTS_PER_BATCH):
        encoded.add(batch, encoder.encode_texts, list(batch))
        progress("captions", len(encoded.items) + encoded.skipped.total(), len(texts))
    return encoded


def encode_pictures(encoder: Encoder, files: Sequence[Path], progress: Progress) -> Encoded[Path]:
    """Each file is decoded in a child process. Only one batch of pictures is held in memory."""
    encoded = Encoded[Path]()
    with ThreadPoolExecutor(_DECODE_THREADS) as pool:
        for batch in _batches(files, config().embed_batch):
            started = time.perf_counter()
            results = list(zip(batch, pool.map(_decoded, batch), strict=True))
            encoded.seconds_decoding += time.perf_counter() - started
            for file, result in results:
                if isinstance(result, GalleryError):
                    encoded.skip(file, result)
            decoded = [
                (file, picture)
                for file, picture in results
                if not isinstance(picture, GalleryError)
            ]
            encoded.add([f for f, _ in decoded], encoder.encode_images, [p for _, p in decoded])
            progress("pictures", len(encoded.items) + encoded.skipped.total(), len(files))
    return encoded


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _decoded(file: Path) -> PIL.Image.Image | GalleryError:
    """The picture, or why this file cannot be used.

    Raises errors that do not concern the file: a full disk, no memory for a child process.
    """
    try:
        if not file.is_file():  # opening a pipe would block
            return NotFound("There is no such file.")
        check_file_size(file.stat().st_size)
        return decode_pixels(file.read_bytes())
    except InvalidInput as error:
        return error
    except OSError as error:
        return NotFound(f"The file cannot be read: {error.strerror}.")
