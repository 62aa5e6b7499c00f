"""Vectors of a captioned set's texts and picture files; what cannot be read is passed over."""

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
from gallery.embeddings.batches import one_by_one
from gallery.encoders.base import WIDTH, Encoder, Vectors
from gallery.media.decode import decode_query

log = logging.getLogger(__name__)

T = TypeVar("T")
Input = TypeVar("Input")
# What is being done, how many of how many are done.
Progress = Callable[[str, int, int], None]

_TEXTS_AT_ONCE = 256
# As many as ``decode_query`` lets in at a time.
_CHILDREN = 2


class Encoded(Generic[T]):
    """``kept`` and the rows of ``vectors`` belong together; ``skipped`` counts by error code.

    Seconds are those of the clock.
    """

    def __init__(self) -> None:
        self.kept: list[T] = []
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
        started = time.perf_counter()
        found = one_by_one(encode, inputs) if inputs else []
        self.seconds_encoding += time.perf_counter() - started
        for item, one in zip(items, found, strict=True):
            if isinstance(one, GalleryError):
                self.skip(item, one)
            else:
                self.kept.append(item)
                self._rows.append(one)

    def skip(self, item: T, error: GalleryError) -> None:
        log.warning("%s is passed over: %s", item, error)
        self.skipped[error.code] += 1


def of_texts(encoder: Encoder, texts: Sequence[str], progress: Progress) -> Encoded[str]:
    encoded = Encoded[str]()
    for batch in _batches(texts, _TEXTS_AT_ONCE):
        encoded.add(batch, encoder.encode_texts, list(batch))
        progress("captions", len(encoded.kept) + encoded.skipped.total(), len(texts))
    return encoded


def of_pictures(encoder: Encoder, files: Sequence[Path], progress: Progress) -> Encoded[Path]:
    """Each file is decoded in a child; only one batch of pictures is held at a time."""
    encoded = Encoded[Path]()
    with ThreadPoolExecutor(_CHILDREN) as pool:
        for batch in _batches(files, config().embed_batch):
            started = time.perf_counter()
            opened = list(zip(batch, pool.map(_opened, batch), strict=True))
            encoded.seconds_decoding += time.perf_counter() - started
            for file, error in opened:
                if isinstance(error, GalleryError):
                    encoded.skip(file, error)
            good = [(file, one) for file, one in opened if not isinstance(one, GalleryError)]
            encoded.add([file for file, _ in good], encoder.encode_images, [p for _, p in good])
            progress("pictures", len(encoded.kept) + encoded.skipped.total(), len(files))
    return encoded


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _opened(file: Path) -> PIL.Image.Image | GalleryError:
    """Raises what says nothing about the picture: a full disk, no memory for a child."""
    try:
        if not file.is_file():  # a pipe would be waited for
            return NotFound("There is no such file.")
        check_file_size(file.stat().st_size)
        return decode_query(file.read_bytes())
    except InvalidInput as error:
        return error
    except OSError as error:
        return NotFound(f"The file cannot be read: {error.strerror}.")
