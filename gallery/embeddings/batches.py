"""Vectors of many texts or pictures that are not the gallery's, for programs that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic as _now
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, FileTooLarge, GalleryError, TooExpensive
from gallery.core.size_limits import file_too_large
from gallery.embeddings import answering, spaces
from gallery.embeddings.encode import normalised
from gallery.embeddings.refusals import refusal
from gallery.encoders.base import Vectors
from gallery.media.decode import decode_query
from gallery.models import EmbeddingSpace

if TYPE_CHECKING:
    import PIL.Image

T = TypeVar("T")

MOST_TEXTS = 64
MOST_PICTURES = 16


@dataclass(frozen=True)
class Batch:
    """``vectors`` is ``(n, 512) float32``, unit rows in the order asked."""

    space: EmbeddingSpace
    vectors: Vectors


def of_texts(texts: Sequence[str]) -> Batch:
    """The vectors searching would use for these texts.

    Raises as ``answering.space_to_search`` and ``spaces.encoder_of`` do, and what one text raises
    (``NoVector``, ``OutOfMemory``) with its ``index`` among the error's data.
    """
    space = answering.space_to_search()
    encoder = spaces.encoder_of(space)
    asked = [normalised(text) for text in texts]
    return Batch(space, _all(one_by_one(encoder.encode_texts, asked)))


def of_pictures(pictures: Sequence[bytes]) -> Batch:
    """The vectors searching would use for these foreign pictures, each decoded in a child.

    Together they may take as many bytes and as long as one upload may. Raises as ``of_texts``
    does and, with the ``index``, what ``media.decode.decode_query`` raises and ``FileTooLarge``.
    """
    space = answering.space_to_search()
    encoder = spaces.encoder_of(space)
    return Batch(space, _all(one_by_one(encoder.encode_images, _decoded(pictures))))


def one_by_one(
    encode: Callable[[list[T]], Vectors], items: list[T]
) -> list[Vectors | GalleryError]:
    """Each item's vector ``(512,)``, or why it alone has none; encoded together if that works."""
    try:
        return list(encode(items))
    except (BadEmbedding, MemoryError) as error:
        if len(items) > 1:
            return [found for item in items for found in one_by_one(encode, [item])]
        return [refusal(error)]


def _decoded(pictures: Sequence[bytes]) -> list[PIL.Image.Image]:
    room, seconds = config().max_file_size, config().decode_seconds
    started = _now()
    decoded = []
    for index, data in enumerate(pictures):
        room -= len(data)
        if room < 0:
            raise at(index, too_large())
        if _now() - started > seconds:
            message = f"Decoding these pictures takes longer than {seconds} seconds."
            raise at(index, TooExpensive(message, seconds=seconds))
        try:
            decoded.append(decode_query(data))
        except GalleryError as error:
            raise at(index, error) from error
    return decoded


def too_large() -> FileTooLarge:
    return file_too_large("The pictures together are")


def _all(found: list[Vectors | GalleryError]) -> Vectors:
    vectors = []
    for index, one in enumerate(found):
        if isinstance(one, GalleryError):
            raise at(index, one)
        vectors.append(one)
    return np.stack(vectors)


def at(index: int, error: GalleryError) -> GalleryError:
    """The error with the item's place in the list among its data."""
    error.data["index"] = index
    return error
