"""Query vectors for those who search."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gallery.embeddings import spaces
from gallery.embeddings.model_facts import facts_of
from gallery.embeddings.refusals import blaming_the_input
from gallery.encoders import query_cache
from gallery.encoders.base import Vector
from gallery.encoders.query_cache import Key
from gallery.models import EmbeddingSpace

if TYPE_CHECKING:
    import PIL.Image


def text_vector(space: EmbeddingSpace, text: str) -> Vector:
    """``(512,) float32``, norm 1, read-only. Raises as ``spaces.encoder_of`` does, ``NoVector``
    and ``OutOfMemory``.
    """
    return text_vectors(space, [text])[0]


def text_vectors(space: EmbeddingSpace, texts: Sequence[str]) -> list[Vector]:
    """One each, as ``text_vector``; those that nobody asked for before go in one batch."""
    reader = facts_of(space).text_reader
    keys = [Key(space.fingerprint, reader, normalised(text)) for text in texts]
    known = query_cache.get(keys)
    unknown = list(dict.fromkeys(key for key in keys if key not in known))
    if unknown:
        encoder = spaces.encoder_of(space)
        with blaming_the_input():
            rows = encoder.encode_texts([key.text for key in unknown])
        # Copies: a row would keep its whole batch alive.
        fresh = {key: row.copy() for key, row in zip(unknown, rows, strict=True)}
        query_cache.put(fresh)
        known |= fresh
    return [known[key] for key in keys]


def image_vector(space: EmbeddingSpace, image: PIL.Image.Image) -> Vector:
    """``(512,) float32``, norm 1; the picture is one of ours or was decoded in a child.

    Raises as ``text_vector`` does.
    """
    encoder = spaces.encoder_of(space)
    with blaming_the_input():
        vector: Vector = encoder.encode_images([image])[0]
    return vector


def normalised(text: str) -> str:
    """One spelling for texts that mean the same to every encoder: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
