"""Vectors of many texts or pictures that API clients send, which are not stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, GalleryError, TooExpensive
from gallery.core.size_limits import file_too_large
from gallery.embeddings import answering, spaces
from gallery.embeddings.encode import error_about_the_input, normalised
from gallery.encoders.base import Vector, Vectors
from gallery.media.decode import decode_query
from gallery.models import EmbeddingSpace

if TYPE_CHECKING:
    import PIL.Image

T = TypeVar("T")

MAX_TEXTS = 64
MAX_PICTURES = 16


@dataclass(frozen=True)
class Batch:
    """``vectors`` is ``(n, 512) float32``, unit rows in the order of the items."""

    space: EmbeddingSpace
    vectors: Vectors


def of_texts(texts: Sequence[str]) -> Batch:
    """The vectors that a search for these texts uses.

    Raises ``NoVector`` and ``OutOfMemory``, with the ``index`` of the text in the error's data,
    and like ``answering.space_to_search`` and ``spaces.encoder_of``.
    """
    space = answering.space_to_search()
    encoder = spaces.encoder_of(space)
    normalised_texts = [normalised(text) for text in texts]
    return Batch(space, _stacked(encode_each(encoder.encode_texts, normalised_texts)))


def of_pictures(pictures: Sequence[bytes]) -> Batch:
    """The vectors that a search for these pictures uses; a child process decodes each picture.

    All pictures together may have the size of one upload and take its time. Raises like
    ``of_texts``, and, with the ``index``, ``FileTooLarge`` and the errors of
    ``media.decode.decode_query``.
    """
    space = answering.space_to_search()
    encoder = spaces.encoder_of(space)
    return Batch(space, _stacked(encode_each(encoder.encode_images, _decoded(pictures))))


def encode_each(
    encode: Callable[[list[T]], Vectors], items: list[T]
) -> list[Vector | GalleryError]:
    """The vector ``(512,)`` of each item, or the error of this item.

    The items are encoded in one batch; if that fails, each is encoded alone.
    """
    try:
        return list(encode(items))
    except (BadEmbedding, MemoryError) as error:
        if len(items) > 1:
            return [result for item in items for result in encode_each(encode, [item])]
        return [error_about_the_input(error)]


def _decoded(pictures: Sequence[bytes]) -> list[PIL.Image.Image]:
    bytes_left, seconds = config().max_file_size, config().decode_seconds
    started = time.monotonic()
    decoded = []
    for index, data in enumerate(pictures):
        bytes_left -= len(data)
        if bytes_left < 0:
            raise at_index(index, file_too_large("The pictures together are"))
        if time.monotonic() - started > seconds:
            message = f"Decoding these pictures takes longer than {seconds} seconds."
            raise at_index(index, TooExpensive(message, seconds=seconds))
        try:
            decoded.append(decode_query(data))
        except GalleryError as error:
            raise at_index(index, error) from error
    return decoded


def _stacked(results: list[Vector | GalleryError]) -> Vectors:
    """The vectors as rows; raises the first error, with its index."""
    vectors = []
    for index, result in enumerate(results):
        if isinstance(result, GalleryError):
            raise at_index(index, result)
        vectors.append(result)
    return np.stack(vectors)


def at_index(index: int, error: GalleryError) -> GalleryError:
    """The error, with the item's index in the list in its data."""
    error.data["index"] = index
    return error
