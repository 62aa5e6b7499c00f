"""Query vectors: of texts, and of pictures that are not in the gallery."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gallery.core.errors import BadEmbedding, GalleryError, NoVector, OutOfMemory
from gallery.embeddings import spaces
from gallery.embeddings.model_facts import facts_of
from gallery.encoders import query_cache
from gallery.encoders.base import Vector
from gallery.encoders.query_cache import Key
from gallery.models import EmbeddingSpace

if TYPE_CHECKING:
    import PIL.Image


def text_vector(space: EmbeddingSpace, text: str) -> Vector:
    """``(512,) float32``, norm 1, read-only.

    Raises ``NoVector``, ``OutOfMemory``, and like ``spaces.encoder_of``.
    """
    return text_vectors(space, [text])[0]


def text_vectors(space: EmbeddingSpace, texts: Sequence[str]) -> list[Vector]:
    """Like ``text_vector``, one vector for each text. Texts that are not in the cache are encoded
    in one batch.
    """
    reader = facts_of(space).text_reader
    keys = [Key(space.fingerprint, reader, normalised(text)) for text in texts]
    known = query_cache.get(keys)
    unknown = list(dict.fromkeys(key for key in keys if key not in known))
    if unknown:
        encoder = spaces.encoder_of(space)
        with errors_about_the_input():
            rows = encoder.encode_texts([key.text for key in unknown])
        # A row is a view and would keep the memory of its whole batch.
        fresh = {key: row.copy() for key, row in zip(unknown, rows, strict=True)}
        query_cache.put(fresh)
        known |= fresh
    return [known[key] for key in keys]


def image_vector(space: EmbeddingSpace, image: PIL.Image.Image) -> Vector:
    """``(512,) float32``, norm 1, of a picture that we made or that a child process decoded.

    Raises like ``text_vector``.
    """
    encoder = spaces.encoder_of(space)
    with errors_about_the_input():
        vector: Vector = encoder.encode_images([image])[0]
    return vector


def normalised(text: str) -> str:
    """Unicode NFC with single spaces: texts that mean the same to every encoder become equal."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@contextmanager
def errors_about_the_input() -> Iterator[None]:
    """Raise ``NoVector`` for ``BadEmbedding``, and ``OutOfMemory`` for ``MemoryError``."""
    try:
        yield
    except (BadEmbedding, MemoryError) as error:
        raise error_about_the_input(error) from error


def error_about_the_input(error: BadEmbedding | MemoryError) -> GalleryError:
    if isinstance(error, BadEmbedding):
        return NoVector(error.message)
    return OutOfMemory("The encoder ran out of memory. Try again later.")
